package eu.diplomatics.backup.segment;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** PostgreSQL's binary COPY format ("COPY", section "Binary Format", of its manual). */
public final class CopyFormat {
    static final byte[] HEADER = ByteBuffer.allocate(19)
            .put("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1))
            .putInt(0)
            .putInt(0)
            .array();
    static final byte[] TRAILER = {-1, -1};
    static final short END = -1;
    static final int NULL = -1;

    private CopyFormat() {}

    /**
     * The end of the row that begins at {@code from}, which is whole.
     *
     * @throws IllegalArgumentException when no whole row begins there
     */
    static int endOfRow(ByteBuffer rows, int from) {
        int end = from + Short.BYTES;
        short fields = shortAt(rows, from);
        if (fields < 0) {
            throw new IllegalArgumentException("no row");
        }
        for (int field = 0; field < fields; field++) {
            int length = intAt(rows, end);
            end += Integer.BYTES;
            if (length != NULL) {
                if (length < 0 || length > rows.limit() - end) {
                    throw new IllegalArgumentException("half a row");
                }
                end += length;
            }
        }
        return end;
    }

    static short shortAt(ByteBuffer rows, int at) {
        if (rows.limit() - at < Short.BYTES) {
            throw new IllegalArgumentException("half a row");
        }
        return rows.getShort(at);
    }

    static int intAt(ByteBuffer rows, int at) {
        if (rows.limit() - at < Integer.BYTES) {
            throw new IllegalArgumentException("half a row");
        }
        return rows.getInt(at);
    }

    /** Whether a field of the row that begins at {@code from} has no value. */
    public static boolean isNull(ByteBuffer rows, int from, int number) {
        return intAt(rows, lengthAt(rows, from, number)) == NULL;
    }

    /** The bytes of a field of the row that begins at {@code from}, which has a value. */
    public static ByteBuffer field(ByteBuffer rows, int from, int number) {
        int at = lengthAt(rows, from, number);
        return rows.slice(at + Integer.BYTES, intAt(rows, at));
    }

    /** Where the length of a field stands. */
    private static int lengthAt(ByteBuffer rows, int from, int number) {
        int at = from + Short.BYTES;
        for (int field = 0; field < number; field++) {
            at += Integer.BYTES + Math.max(0, intAt(rows, at));
        }
        return at;
    }
}
