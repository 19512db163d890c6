package eu.diplomatics.led;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.Source;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** The LED's own schemas, where they lie beside the sources: what an existing client was made from. */
public final class OriginalSchemas {
    private OriginalSchemas() {}

    /** Where schemas and samples are; empty where they do not lie beside the sources. */
    public static Optional<Path> directory() {
        return Stream.of("..", "../..")
                .map(up -> Path.of(up, "shared", "led"))
                .filter(Files::isDirectory)
                .findFirst();
    }

    /**
     * Validates an answer as a client would.
     *
     * @throws AssertionError when it breaks the original schema
     */
    public static void check(LedService service, Element answer) {
        Path xsd = directory().orElseThrow().resolve("xsd").resolve("response");
        try {
            if (service == LedService.GEEF_BEWIJS) {
                schema(xsd.resolve("LED.GeefBewijsDienst-02.00/WebService/GeefBewijsResponse.xsd"))
                        .newValidator()
                        .validate(new DOMSource(answer));
            } else {
                registration(xsd, service).newValidator().validate(new DOMSource(answer));
            }
        } catch (SAXException | IOException e) {
            throw new AssertionError("the answer breaks the LED's own schema: " + e.getMessage(), e);
        }
    }

    /** Answers of the other two have the shape of RegistreerBewijs under their own names; no schema of theirs is public. */
    private static Schema registration(Path xsd, LedService service) throws IOException, SAXException {
        Path file = xsd.resolve("LED.RegistreerBewijsDienst-02.00/WebService/RegistreerBewijsResponse.xsd");
        String text = Files.readString(file)
                .replace(LedService.REGISTREER_BEWIJS.namespace(), service.namespace())
                .replace("RegistreerBewijsResponse", service.element() + "Response");
        StreamSource source = new StreamSource(new StringReader(text));
        source.setSystemId(file.toUri().toString());
        return schema(source);
    }

    private static Schema schema(Path file) throws SAXException {
        return schema(new StreamSource(file.toFile()));
    }

    private static Schema schema(Source source) throws SAXException {
        SchemaFactory factory = SchemaFactory.newDefaultInstance();
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
        return factory.newSchema(source);
    }
}
