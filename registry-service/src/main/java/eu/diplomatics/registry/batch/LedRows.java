package eu.diplomatics.registry.batch;

import eu.diplomatics.led.LedService;
import eu.diplomatics.led.StrictXml;
import eu.diplomatics.registry.batch.RowSource.BrokenFileException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * The questions of a LED file: the body of a message RegistreerBewijs, {@code Verzoek} with a {@code Context} and as many
 * {@code Vraag} in its {@code Vragen} as one likes. One is in memory at a time; whether it keeps to the schema is found
 * out later, for each alone.
 */
final class LedRows implements RowSource {
    /** Of everything the reader takes in before it tells what it is: a name, a value, white space. */
    private static final int MAX_EVENT_BYTES = 1 << 20;

    private static final int MAX_CONTEXT_BYTES = 32 * 1024;
    private static final int MAX_DEPTH = 40;
    private static final QName MESSAGE =
            new QName(LedService.REGISTREER_BEWIJS.namespace(), LedService.REGISTREER_BEWIJS.element());
    private static final XMLOutputFactory WRITERS = writers();

    private final Metered in;
    private final XMLStreamReader reader;
    private final int maxRowBytes;
    private final List<String> context;
    private long rows;
    private boolean ended;

    /** Reads up to the first question at once. */
    LedRows(InputStream in, int maxRowBytes) throws IOException {
        this.in = new Metered(in);
        this.maxRowBytes = maxRowBytes;
        try {
            reader = StrictXml.stream(CsvRows.withoutMark(this.in));
            String declared = reader.getCharacterEncodingScheme();
            if (declared != null && !declared.equalsIgnoreCase("UTF-8") && !declared.equalsIgnoreCase("US-ASCII")) {
                throw new BrokenFileException(Reason.NOT_UTF_8, 0);
            }
            enter(MESSAGE);
            enter(new QName("Verzoek"));
            enter(new QName("Context"));
            byte[] copied = copy(MAX_CONTEXT_BYTES);
            if (copied == null) {
                throw new BrokenFileException(Reason.HEADER_TOO_LONG, 0);
            }
            context = List.of(new String(copied, StandardCharsets.UTF_8));
            enter(new QName("Vragen"));
        } catch (XMLStreamException e) {
            throw failure(e);
        }
    }

    private static XMLOutputFactory writers() {
        XMLOutputFactory factory = XMLOutputFactory.newDefaultFactory();
        // an element taken out of its file brings the namespaces it uses
        factory.setProperty(XMLOutputFactory.IS_REPAIRING_NAMESPACES, true);
        return factory;
    }

    /** The context, as XML by itself. */
    @Override
    public List<String> header() {
        return context;
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        if (ended) {
            return null;
        }
        try {
            if (tag() == XMLStreamConstants.START_ELEMENT) {
                rows++;
                expect(new QName("Vraag"));
                byte[] question = copy(maxRowBytes);
                return question == null ? new RawRow.TooLarge() : new RawRow.Question(question);
            }
            ended = true;
            leave(); // Verzoek
            leave(); // RegistreerBewijs
            while (reader.hasNext()) {
                in.begin();
                reader.next();
            }
            return null;
        } catch (XMLStreamException e) {
            throw failure(e);
        }
    }

    private int tag() throws XMLStreamException {
        in.begin();
        return reader.nextTag();
    }

    private void enter(QName name) throws XMLStreamException, BrokenFileException {
        if (tag() != XMLStreamConstants.START_ELEMENT) {
            throw new BrokenFileException(Reason.NOT_LED, rows);
        }
        expect(name);
    }

    private void leave() throws XMLStreamException, BrokenFileException {
        if (tag() != XMLStreamConstants.END_ELEMENT) {
            throw new BrokenFileException(Reason.NOT_LED, rows);
        }
    }

    private void expect(QName name) throws BrokenFileException {
        if (!reader.getName().equals(name)) {
            throw new BrokenFileException(Reason.NOT_LED, rows);
        }
    }

    /** The element that just began, up to its end; null when it is longer than this. */
    private byte @Nullable [] copy(int maxBytes) throws XMLStreamException, BrokenFileException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        XMLStreamWriter writer = WRITERS.createXMLStreamWriter(bytes, "UTF-8");
        boolean fits = true;
        int depth = 0;
        for (int event = XMLStreamConstants.START_ELEMENT; ; event = read()) {
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++depth > MAX_DEPTH) {
                        throw new BrokenFileException(Reason.TOO_LONG, rows);
                    }
                    if (fits) {
                        start(writer);
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    if (fits) {
                        writer.writeEndElement();
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    if (fits) {
                        writer.writeCharacters(
                                reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
                    }
                }
                case XMLStreamConstants.COMMENT -> {
                    // says nothing, and is not handed back
                }
                default -> throw new BrokenFileException(Reason.NOT_LED, rows);
            }
            writer.flush();
            if (bytes.size() > maxBytes) {
                fits = false;
                bytes.reset();
            }
            if (depth == 0) {
                return fits ? bytes.toByteArray() : null;
            }
        }
    }

    private int read() throws XMLStreamException {
        in.begin();
        return reader.next();
    }

    private void start(XMLStreamWriter writer) throws XMLStreamException {
        String namespace = reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
        writer.writeStartElement(
                reader.getPrefix() == null ? "" : reader.getPrefix(), reader.getLocalName(), namespace);
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String of = reader.getAttributeNamespace(i);
            if (of == null || of.isEmpty()) {
                writer.writeAttribute(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
            } else {
                writer.writeAttribute(
                        reader.getAttributePrefix(i), of, reader.getAttributeLocalName(i), reader.getAttributeValue(i));
            }
        }
    }

    /** What the reader makes of a failure of the body, or of XML that is none; it repeats nothing of the file. */
    private IOException failure(XMLStreamException e) {
        Throwable cause = e.getNestedException() == null ? e.getCause() : e.getNestedException();
        if (cause instanceof CharacterCodingException) {
            return new BrokenFileException(Reason.NOT_UTF_8, rows);
        }
        if (cause instanceof IOException io) {
            return in.exceeded ? new BrokenFileException(Reason.TOO_LONG, rows) : io;
        }
        return new BrokenFileException(Reason.NOT_LED, rows);
    }

    /** Ends when more is read than one event may take, since the reader keeps it all. */
    private static final class Metered extends FilterInputStream {
        private int left = MAX_EVENT_BYTES;
        private boolean exceeded;

        Metered(InputStream in) {
            super(in);
        }

        void begin() {
            left = MAX_EVENT_BYTES;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        /** The reader closes what it has read to its end; the body is its owner's. */
        @Override
        public void close() {
            // nothing of its own
        }

        private void count(int bytes) throws IOException {
            left -= bytes;
            if (left < 0) {
                exceeded = true;
                throw new IOException("more than one event may take");
            }
        }
    }
}
