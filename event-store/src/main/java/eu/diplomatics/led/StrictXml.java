package eu.diplomatics.led;

import eu.diplomatics.led.XmlRefusedException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Reads XML of strangers: UTF-8 only, no document type, no entity but the five of XML, nothing fetched from anywhere, and
 * bounds on length, depth and numbers that are counted before a tree is built. What JAXP does by itself would fetch files
 * for external entities.
 */
public final class StrictXml {
    private static final Pattern DECLARED =
            Pattern.compile("^<\\?xml[^>]{0,100}?encoding\\s*=\\s*[\"']([^\"']{0,40})[\"']");
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private StrictXml() {}

    /**
     * How much of a document is read.
     *
     * @param bytes of the whole
     * @param depth of elements in each other
     * @param elements in all
     * @param attributes of one element, its namespaces included
     */
    public record Bounds(int bytes, int depth, int elements, int attributes) {
        /** Of one message: many times what a record of the LED with every field in full needs. */
        public static final Bounds MESSAGE = new Bounds(512 * 1024, 32, 4_000, 32);
        /** Of one question about somebody, which is short. */
        public static final Bounds QUESTION = new Bounds(64 * 1024, 32, 500, 32);
        /** Of one answer of ours, 99 records at their longest. */
        public static final Bounds ANSWER = new Bounds(64 * 1024 * 1024, 32, 100_000, 32);
    }

    /** The tree, without comments, each run of text one node. */
    public static Document read(byte[] utf8, Bounds bounds) throws XmlRefusedException {
        String text = text(utf8, bounds);
        scan(text, bounds);
        try {
            return builder().parse(new InputSource(new StringReader(text)));
        } catch (SAXException e) {
            throw new XmlRefusedException(Reason.NOT_WELL_FORMED);
        } catch (IOException e) {
            throw new IllegalStateException("a string was not read to its end", e);
        }
    }

    /** A new tree without anything. */
    public static Document empty() {
        return builder().newDocument();
    }

    /** As UTF-8, with an XML declaration. */
    public static byte[] write(Node node) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            TransformerFactory factory = TransformerFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_STYLESHEET, "");
            factory.newTransformer().transform(new DOMSource(node), new StreamResult(out));
        } catch (TransformerException e) {
            throw new IllegalStateException("a tree of ours was not written", e);
        }
        return out.toByteArray();
    }

    /** A factory of readers that fetch nothing. */
    private static XMLInputFactory readers() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are refused");
        });
        return factory;
    }

    /**
     * Reads a stream that may be long, in UTF-8 whatever it declares: its bounds are the caller's to keep. Bytes that are no UTF-8 are a
     * {@link CharacterCodingException} within that of the reader; the JDK's own decoder prints of them.
     */
    public static XMLStreamReader stream(InputStream utf8) throws XMLStreamException {
        Reader text = new InputStreamReader(utf8, StandardCharsets.UTF_8.newDecoder());
        return new ToldReader(readers().createXMLStreamReader(text));
    }

    private static String text(byte[] utf8, Bounds bounds) throws XmlRefusedException {
        if (utf8.length > bounds.bytes()) {
            throw new XmlRefusedException(Reason.TOO_LARGE);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new XmlRefusedException(Reason.NOT_UTF_8);
        }
        String document = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        Matcher declared = DECLARED.matcher(document);
        if (declared.find()
                && !declared.group(1).equalsIgnoreCase("UTF-8")
                && !declared.group(1).equalsIgnoreCase("US-ASCII")) {
            throw new XmlRefusedException(Reason.NOT_UTF_8);
        }
        return document;
    }

    /** Counts before anything is built, so that what is beyond the bounds costs no more than reading it once. */
    private static void scan(String text, Bounds bounds) throws XmlRefusedException {
        int depth = 0;
        int elements = 0;
        try {
            XMLStreamReader reader = new ToldReader(readers().createXMLStreamReader(new StringReader(text)));
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        if (++depth > bounds.depth()
                                || ++elements > bounds.elements()
                                || reader.getAttributeCount() + reader.getNamespaceCount() > bounds.attributes()) {
                            throw new XmlRefusedException(Reason.BEYOND_BOUNDS);
                        }
                    }
                    case XMLStreamConstants.END_ELEMENT -> depth--;
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new XmlRefusedException(Reason.DOCTYPE);
                    case XMLStreamConstants.PROCESSING_INSTRUCTION -> throw new XmlRefusedException(Reason.INSTRUCTION);
                    default -> {
                        // texts are bounded by the document, comments say nothing
                    }
                }
            }
        } catch (XMLStreamException e) {
            throw new XmlRefusedException(Reason.NOT_WELL_FORMED);
        }
    }

    private static DocumentBuilder builder() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setNamespaceAware(true);
            factory.setXIncludeAware(false);
            factory.setIgnoringComments(true);
            factory.setCoalescing(true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Silent());
            return builder;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's parser cannot be made strict", e);
        }
    }

    /** The JDK's own handler prints what it could not read. */
    private static final class Silent implements ErrorHandler {
        @Override
        public void warning(SAXParseException exception) {
            // nothing of a stranger's document is repeated
        }

        @Override
        public void error(SAXParseException exception) throws SAXException {
            throw exception;
        }

        @Override
        public void fatalError(SAXParseException exception) throws SAXException {
            throw exception;
        }
    }
}
