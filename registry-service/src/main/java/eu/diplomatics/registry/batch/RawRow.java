package eu.diplomatics.registry.batch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One row as it came in, before anybody looks at its content. It never prints itself. */
sealed interface RawRow {
    /** A line of NDJSON, without its line feed. */
    record Line(byte[] utf8) implements RawRow {
        @Override
        public String toString() {
            return "Line[redacted]";
        }
    }

    /** The cells of a CSV row. */
    record Cells(List<String> values) implements RawRow {
        @Override
        public String toString() {
            return "Cells[redacted]";
        }
    }

    /** An element {@code Vraag} of a LED file, by itself. */
    record Question(byte[] xml) implements RawRow {
        @Override
        public String toString() {
            return "Question[redacted]";
        }
    }

    /** A row longer than any registration can be; its content was not kept. */
    record TooLarge() implements RawRow {}

    /** A row of a real person that came before the registry may take any (R33); its content was not kept. */
    record Blocked() implements RawRow {}

    /** About how many bytes the row takes in a chunk. */
    default int sizeBytes() {
        return switch (this) {
            case Line(byte[] utf8) -> utf8.length + 8;
            case Question(byte[] xml) -> xml.length + 8;
            case Cells(List<String> values) ->
                values.stream().mapToInt(value -> value.length() + 4).sum() + 8;
            case TooLarge(), Blocked() -> 8;
        };
    }

    /** The rows of one chunk, to be sealed. */
    static byte[] encode(List<RawRow> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * 1024);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(rows.size());
            for (RawRow row : rows) {
                switch (row) {
                    case Line(byte[] utf8) -> {
                        out.writeByte('L');
                        write(out, utf8);
                    }
                    case Question(byte[] xml) -> {
                        out.writeByte('Q');
                        write(out, xml);
                    }
                    case Cells(List<String> values) -> {
                        out.writeByte('C');
                        out.writeInt(values.size());
                        for (String value : values) {
                            write(out, value.getBytes(StandardCharsets.UTF_8));
                        }
                    }
                    case TooLarge() -> out.writeByte('T');
                    case Blocked() -> out.writeByte('B');
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    static List<RawRow> decode(byte[] encoded) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded))) {
            int count = in.readInt();
            List<RawRow> rows = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                rows.add(
                        switch (in.readByte()) {
                            case 'L' -> new Line(read(in));
                            case 'Q' -> new Question(read(in));
                            case 'C' -> cells(in);
                            case 'T' -> new TooLarge();
                            case 'B' -> new Blocked();
                            default -> throw new IOException("unknown kind of row");
                        });
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException("a chunk of rows cannot be read", e);
        }
    }

    private static Cells cells(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(new String(read(in), StandardCharsets.UTF_8));
        }
        return new Cells(values);
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }
}
