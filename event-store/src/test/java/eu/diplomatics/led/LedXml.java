package eu.diplomatics.led;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML as a plain tree of elements by local name: no document type, no entity of its own, bounded in size and depth.
 */
public final class LedXml {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ELEMENTS = 200_000;

    private final XMLStreamReader reader;
    private int elements;

    private LedXml(XMLStreamReader reader) {
        this.reader = reader;
    }

    /** An element; {@code text} is what stands directly in it. */
    public record Element(String name, List<Element> children, String text) implements Iterable<Element> {
        /** The text at a path of names, each the first of its name. */
        public Optional<String> text(String... path) {
            return at(path).map(Element::text);
        }

        public Optional<Element> at(String... path) {
            Element here = this;
            for (String step : path) {
                Element next = here.children.stream()
                        .filter(child -> child.name.equals(step))
                        .findFirst()
                        .orElse(null);
                if (next == null) {
                    return Optional.empty();
                }
                here = next;
            }
            return Optional.of(here);
        }

        /** All elements below and including this one, in document order. */
        @Override
        public Iterator<Element> iterator() {
            List<Element> all = new ArrayList<>();
            collect(all);
            return all.iterator();
        }

        private void collect(List<Element> all) {
            all.add(this);
            children.forEach(child -> child.collect(all));
        }
    }

    /** @throws XMLStreamException when it is not well-formed, has a document type, or is beyond the bounds */
    public static Element read(InputStream in) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are refused");
        });
        XMLStreamReader reader = factory.createXMLStreamReader(in);
        try {
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.DTD) {
                    throw new XMLStreamException("a document type is refused");
                }
                if (event == XMLStreamConstants.START_ELEMENT) {
                    return new LedXml(reader).element(1);
                }
            }
            throw new XMLStreamException("no element");
        } finally {
            reader.close();
        }
    }

    private Element element(int depth) throws XMLStreamException {
        if (depth > MAX_DEPTH || ++elements > MAX_ELEMENTS) {
            throw new XMLStreamException("beyond the bounds");
        }
        String name = reader.getLocalName();
        List<Element> children = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> children.add(element(depth + 1));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    return new Element(name, children, text.toString());
                }
                case XMLStreamConstants.ENTITY_REFERENCE -> throw new XMLStreamException("an entity is refused");
                default -> {
                    // comments and processing instructions say nothing
                }
            }
        }
    }
}
