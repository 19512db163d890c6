package eu.diplomatics.led;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.transform.Source;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Our schemas of the LED's services, and what they say of a tree. */
public final class LedSchemas {
    private static final String CURRENT_NODE = "http://apache.org/xml/properties/dom/current-element-node";
    private static final Set<String> SHARED = Set.of("Generiek", "Bewijs");

    private final Map<LedService, Schema> schemas = new EnumMap<>(LedService.class);

    public LedSchemas() {
        for (LedService service : LedService.values()) {
            schemas.put(service, load(service));
        }
    }

    /** A file of the contract, {@code GeefBewijs.xsd} for example; empty when there is none of this name. */
    public static Optional<byte[]> file(String name) {
        boolean known = SHARED.stream().anyMatch(shared -> name.equals(shared + ".xsd"));
        for (LedService service : LedService.values()) {
            known |= name.equals(service.element() + ".xsd") || name.equals(service.element() + ".wsdl");
        }
        if (!known) {
            return Optional.empty();
        }
        try (InputStream in = Objects.requireNonNull(LedSchemas.class.getResourceAsStream("/led/" + name))) {
            return Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("a file of this program was not read", e);
        }
    }

    /**
     * Where a question or answer breaks its schema first, as the names of elements; empty when it keeps to it. The values of
     * what is wrong are told nobody.
     */
    public Optional<String> violation(LedService service, Element tree) {
        Validator validator = Objects.requireNonNull(schemas.get(service)).newValidator();
        try {
            validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            try {
                validator.validate(new DOMSource(tree));
                return Optional.empty();
            } catch (SAXParseException broken) {
                return Optional.of(path(validator.getProperty(CURRENT_NODE), tree));
            }
        } catch (SAXException | IOException e) {
            throw new IllegalStateException("a tree was not validated", e);
        }
    }

    private static String path(@Nullable Object at, Element tree) {
        Deque<String> names = new ArrayDeque<>();
        for (Node node = at instanceof Node found ? found : tree;
                node instanceof Element element;
                node = node.getParentNode()) {
            names.addFirst(known(element));
            if (node == tree) {
                break;
            }
        }
        return String.join("/", names);
    }

    /** A name that is none of the contract's could be anything, a person's for example. */
    private static String known(Element element) {
        String name = element.getLocalName();
        return name.length() <= 40 && name.chars().allMatch(c -> c < 0x7f && Character.isLetterOrDigit(c)) ? name : "?";
    }

    private static Schema load(LedService service) {
        SchemaFactory factory = SchemaFactory.newDefaultInstance();
        try {
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            return factory.newSchema(
                    new Source[] {source("Generiek.xsd"), source("Bewijs.xsd"), source(service.element() + ".xsd")});
        } catch (SAXException e) {
            throw new IllegalStateException("a schema of this program was not read", e);
        }
    }

    /** Each is given by itself and imports are not followed: nothing is fetched by its address. */
    private static Source source(String name) {
        return new StreamSource(LedSchemas.class.getResourceAsStream("/led/" + name));
    }
}
