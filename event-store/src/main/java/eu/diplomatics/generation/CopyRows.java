package eu.diplomatics.generation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/** Rows of position and ciphertext in PostgreSQL's binary format of COPY, in one array of the size that they need. */
final class CopyRows {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int HEADER_BYTES = SIGNATURE.length + 2 * Integer.BYTES;
    private static final int ROW_BYTES = Short.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;
    private static final int MESSAGE_BYTES = 64 * 1024;
    private static final short FIELDS = 2;
    private static final short END = -1;

    private final ByteBuffer buffer;

    /**
     * @param rows how many are added at most
     * @param ciphertextBytes how long their ciphertexts are at most, in all
     */
    CopyRows(int rows, long ciphertextBytes) {
        buffer = ByteBuffer.allocate(
                Math.toIntExact(HEADER_BYTES + (long) rows * ROW_BYTES + ciphertextBytes + Short.BYTES));
        buffer.put(SIGNATURE).putInt(0).putInt(0);
    }

    /**
     * Adds a row.
     *
     * @return where in {@link #array()} its ciphertext is to be written
     */
    int add(long position, int ciphertextBytes) {
        buffer.putShort(FIELDS).putInt(Long.BYTES).putLong(position).putInt(ciphertextBytes);
        int at = buffer.position();
        buffer.position(at + ciphertextBytes);
        return at;
    }

    byte[] array() {
        return buffer.array();
    }

    /** Sends the rows; nothing can be added any more. */
    void send(CopyIn copy) throws SQLException {
        buffer.putShort(END);
        boolean whole = false;
        try {
            for (int at = 0; at < buffer.position(); at += MESSAGE_BYTES) {
                copy.writeToCopy(buffer.array(), at, Math.min(MESSAGE_BYTES, buffer.position() - at));
            }
            copy.endCopy();
            whole = true;
        } finally {
            if (!whole && copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }
}
