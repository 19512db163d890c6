package eu.diplomatics.keyring;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** A row of {@code data_key}, read and written in PostgreSQL's binary COPY format. */
record KeyRow(UUID id, int generation, String regime, UUID kek, byte[] wrapped) {
    static final String COLUMNS = "id, generation, regime, kek_id, wrapped";
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int FIELDS = 5;
    private static final int END = -1;
    private static final int ROW_BYTES = 200;

    /** Skips what stands before the first row. */
    static void skipHeader(DataInputStream in) throws IOException {
        in.skipNBytes(SIGNATURE.length + Integer.BYTES);
        in.skipNBytes(in.readInt());
    }

    /** Reads up to {@code most} rows; fewer at the end. */
    static boolean read(DataInputStream in, int most, List<KeyRow> rows) throws IOException {
        for (int i = 0; i < most; i++) {
            short fields = in.readShort();
            if (fields == END) {
                // lets the connection see the end of the copy
                return in.read() >= 0;
            }
            if (fields != FIELDS) {
                throw new IOException("a row of " + fields + " fields");
            }
            rows.add(new KeyRow(
                    id(in), number(in), new String(bytes(in), StandardCharsets.US_ASCII), id(in), bytes(in)));
        }
        return true;
    }

    static byte[] copy(List<KeyRow> rows) {
        try (var buffer = new ByteArrayOutputStream(64 + rows.size() * ROW_BYTES);
                var out = new DataOutputStream(buffer)) {
            out.write(SIGNATURE);
            out.writeInt(0);
            out.writeInt(0);
            for (KeyRow row : rows) {
                out.writeShort(FIELDS);
                write(out, row.id);
                out.writeInt(Integer.BYTES);
                out.writeInt(row.generation);
                byte[] regime = row.regime.getBytes(StandardCharsets.US_ASCII);
                out.writeInt(regime.length);
                out.write(regime);
                write(out, row.kek);
                out.writeInt(row.wrapped.length);
                out.write(row.wrapped);
            }
            out.writeShort(END);
            return buffer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UUID id(DataInputStream in) throws IOException {
        in.readInt();
        return new UUID(in.readLong(), in.readLong());
    }

    private static int number(DataInputStream in) throws IOException {
        in.readInt();
        return in.readInt();
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private static void write(DataOutputStream out, UUID id) throws IOException {
        out.writeInt(2 * Long.BYTES);
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }
}
