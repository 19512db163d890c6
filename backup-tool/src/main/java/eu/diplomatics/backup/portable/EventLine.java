package eu.diplomatics.backup.portable;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.receipt.Times;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * One event as a line: a CloudEvent (1.0.2) in JSON. {@code data} is the last member and its bytes, as they stand, are the
 * event's body, so that the commitment can be computed again from them and the opening.
 *
 * @param command what it was appended with
 * @param unitEvents on the last event of what was appended together: how many; else 0
 * @param regime legal regime of the key it was sealed under; empty where the content is gone
 * @param opening 32 bytes; null where the content is gone
 * @param body UTF-8 JSON; null where the content is gone
 */
public record EventLine(
        long position,
        Instant recordedAt,
        EventContext context,
        UUID holder,
        UUID command,
        int unitEvents,
        String regime,
        byte[] commitment,
        byte[] leaf,
        Content content,
        byte @Nullable [] opening,
        byte @Nullable [] body) {
    public static final String SOURCE = "urn:diplomatics:log";
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** What there is of an event. */
    public enum Content {
        PRESENT("present"),
        /** Erased on purpose: its key is no more. That there was an event stays provable. */
        SHREDDED("shredded"),
        /** The registry it comes from cannot open it, and nobody said that it should not. */
        LOST("lost");

        private final String text;

        Content(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /** Its JSON Schema, also the {@code $id} of a file in {@code schema/}. */
    static String schema(String type, int typeVersion) {
        return "urn:diplomatics:schema:" + type + ":" + typeVersion;
    }

    /** UTF-8, with the line feed. */
    public byte[] bytes() {
        if (!context.type().matches("[A-Za-z0-9]{1,100}")) {
            throw new IllegalStateException("a type that needs escaping");
        }
        StringBuilder head = new StringBuilder(700)
                .append("{\"specversion\":\"1.0\",\"id\":\"")
                .append(position)
                .append("\",\"source\":\"" + SOURCE + "\",\"type\":\"")
                .append(context.type())
                .append("\",\"subject\":\"")
                .append(context.stream())
                .append("\",\"time\":\"")
                .append(Times.format(recordedAt))
                .append("\",\"datacontenttype\":\"application/json\",\"dataschema\":\"")
                .append(schema(context.type(), context.typeVersion()))
                .append("\",\"position\":")
                .append(position)
                .append(",\"streamversion\":")
                .append(context.version())
                .append(",\"typeversion\":")
                .append(context.typeVersion())
                .append(",\"holder\":\"")
                .append(holder)
                .append("\",\"command\":\"")
                .append(command)
                .append("\",\"unitevents\":")
                .append(unitEvents)
                .append(",\"commitment\":\"")
                .append(Sha256.hex(commitment))
                .append("\",\"leaf\":\"")
                .append(Sha256.hex(leaf))
                .append("\",\"content\":\"")
                .append(content.text)
                .append('"');
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + (body == null ? 8 : body.length + 128));
        if (opening != null && body != null) {
            head.append(",\"regime\":\"")
                    .append(regime)
                    .append("\",\"opening\":\"")
                    .append(Sha256.hex(opening))
                    .append("\",\"data\":");
            out.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(body);
        } else {
            out.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        }
        out.write('}');
        out.write('\n');
        return out.toByteArray();
    }

    /**
     * Reads a line as it was written, without the line feed.
     *
     * @throws PortableException when it is none; nothing of it is repeated
     */
    public static EventLine parse(byte[] line) throws PortableException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), line)) {
            Fields fields = new Fields();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException();
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                if (name.equals("data")) {
                    int from = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    int to = (int) parser.currentLocation().getByteOffset();
                    fields.body = Arrays.copyOfRange(line, from, to);
                } else {
                    fields.put(name, token, parser);
                }
            }
            EventLine read = fields.line();
            byte[] again = read.bytes();
            // one form only: what was not written by the one exporter is not taken for it
            if (again.length != line.length + 1 || Arrays.mismatch(again, line) != line.length) {
                throw new IllegalArgumentException();
            }
            return read;
        } catch (JacksonException | IllegalArgumentException | DateTimeException | NullPointerException e) {
            throw new PortableException(PortableException.Code.BAG_BROKEN, "a line is no event as it was exported");
        }
    }

    /** Overwrites the content. */
    public void forget() {
        if (opening != null && body != null) {
            Arrays.fill(opening, (byte) 0);
            Arrays.fill(body, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "EventLine[position=" + position + ", content redacted]";
    }

    private static final class Fields {
        private long position;
        private long streamVersion;
        private int typeVersion;
        private int unitEvents;
        private String type = "";
        private String time = "";
        private String subject = "";
        private String holder = "";
        private String command = "";
        private String regime = "";
        private String commitment = "";
        private String leaf = "";
        private String content = "";
        private @Nullable String opening;
        private byte @Nullable [] body;

        void put(String name, JsonToken token, JsonParser parser) {
            if (token == JsonToken.VALUE_NUMBER_INT) {
                switch (name) {
                    case "position" -> position = parser.getLongValue();
                    case "streamversion" -> streamVersion = parser.getLongValue();
                    case "typeversion" -> typeVersion = parser.getIntValue();
                    case "unitevents" -> unitEvents = parser.getIntValue();
                    default -> throw new IllegalArgumentException();
                }
                return;
            }
            String value = parser.getString();
            switch (name) {
                case "specversion", "id", "source", "datacontenttype", "dataschema" -> {
                    // follow from the others: compared when the line is written again
                }
                case "type" -> type = value;
                case "time" -> time = value;
                case "subject" -> subject = value;
                case "holder" -> holder = value;
                case "command" -> command = value;
                case "regime" -> regime = value;
                case "commitment" -> commitment = value;
                case "leaf" -> leaf = value;
                case "content" -> content = value;
                case "opening" -> opening = value;
                default -> throw new IllegalArgumentException();
            }
        }

        EventLine line() {
            Content what = Arrays.stream(Content.values())
                    .filter(each -> each.text.equals(content))
                    .findFirst()
                    .orElseThrow(IllegalArgumentException::new);
            if ((what == Content.PRESENT) != (body != null) || (body == null) != (opening == null)) {
                throw new IllegalArgumentException();
            }
            HexFormat hex = HexFormat.of();
            return new EventLine(
                    position,
                    Times.parse(time),
                    new EventContext(UUID.fromString(subject), streamVersion, type, typeVersion),
                    UUID.fromString(holder),
                    UUID.fromString(command),
                    unitEvents,
                    regime,
                    hex.parseHex(commitment),
                    hex.parseHex(leaf),
                    what,
                    opening == null ? null : hex.parseHex(opening),
                    body);
        }
    }
}
