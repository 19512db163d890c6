package eu.diplomatics.generation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.copy.CopyIn;

/**
 * Rows of position and ciphertext in PostgreSQL's binary format of COPY, in pieces: arrays as long as a page would be beside
 * the young objects, where a collector looks for garbage seldom and at a price.
 */
final class CopyRows {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int ROW_BYTES = Short.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;
    private static final int PIECE_BYTES = 128 * 1024;
    private static final short FIELDS = 2;
    private static final short END = -1;

    private final List<ByteBuffer> full = new ArrayList<>();
    private ByteBuffer piece;

    CopyRows() {
        piece = ByteBuffer.allocate(PIECE_BYTES).put(SIGNATURE).putInt(0).putInt(0);
    }

    /**
     * Adds a row.
     *
     * @return where in {@link #array()} its ciphertext is to be written, before the next row is added
     */
    int add(long position, int ciphertextBytes) {
        reserve(ROW_BYTES + ciphertextBytes);
        piece.putShort(FIELDS).putInt(Long.BYTES).putLong(position).putInt(ciphertextBytes);
        int at = piece.position();
        piece.position(at + ciphertextBytes);
        return at;
    }

    /** Of the row that was added last. */
    byte[] array() {
        return piece.array();
    }

    private void reserve(int bytes) {
        if (piece.remaining() < bytes) {
            full.add(piece);
            piece = ByteBuffer.allocate(Math.max(PIECE_BYTES, bytes));
        }
    }

    /** Sends the rows; nothing can be added any more. */
    void send(CopyIn copy) throws SQLException {
        reserve(Short.BYTES);
        full.add(piece.putShort(END));
        boolean whole = false;
        try {
            for (ByteBuffer each : full) {
                copy.writeToCopy(each.array(), 0, each.position());
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
