package eu.diplomatics.backup.place;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * An element of what an S3 server answers: its name without namespace, its text, the elements in it. Documents with a type
 * definition, of great depth or with too many elements are none of S3's and not read.
 */
record S3Xml(String name, String text, List<S3Xml> children) {
    private static final int MOST_DEPTH = 8;
    private static final int MOST_ELEMENTS = 40_000; // a page of 1,000 versions has some ten each
    private static final XMLInputFactory FACTORY = factory();

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    private record Open(String name, StringBuilder text, List<S3Xml> children) {}

    /** The document's element; empty where it is no document that is read. */
    static Optional<S3Xml> parse(byte[] document) {
        try {
            XMLStreamReader reader;
            synchronized (FACTORY) {
                reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
            }
            try {
                return read(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<S3Xml> read(XMLStreamReader reader) throws XMLStreamException {
        Deque<Open> open = new ArrayDeque<>();
        int elements = 0;
        Optional<S3Xml> whole = Optional.empty();
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++elements > MOST_ELEMENTS || open.size() >= MOST_DEPTH) {
                        return Optional.empty();
                    }
                    open.push(new Open(reader.getLocalName(), new StringBuilder(), new ArrayList<>()));
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (!open.isEmpty()) {
                        open.element().text().append(reader.getText());
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    Open ended = open.pop();
                    S3Xml element = new S3Xml(ended.name(), ended.text().toString(), ended.children());
                    if (open.isEmpty()) {
                        whole = Optional.of(element);
                    } else {
                        open.element().children().add(element);
                    }
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
                    return Optional.empty();
                }
                default -> {
                    // comments and the like
                }
            }
        }
        return whole;
    }

    /** The text of the first element of that name; empty where there is none. */
    String text(String child) {
        return first(child).map(S3Xml::text).orElse("");
    }

    Optional<S3Xml> first(String child) {
        return children.stream().filter(each -> each.name().equals(child)).findFirst();
    }

    List<S3Xml> all(String child) {
        return children.stream().filter(each -> each.name().equals(child)).toList();
    }
}
