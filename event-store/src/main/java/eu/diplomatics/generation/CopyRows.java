package eu.diplomatics.generation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/** Rows of position and ciphertext in PostgreSQL's binary format of COPY. */
final class CopyRows {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int ROW_BYTES = Short.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;
    private static final int BUFFER_BYTES = 64 * 1024;

    private CopyRows() {}

    static void send(CopyIn copy, Page page) throws SQLException {
        boolean whole = false;
        try {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            buffer.put(SIGNATURE).putInt(0).putInt(0);
            long position = page.after();
            for (byte[] ciphertext : page.ciphertexts()) {
                if (buffer.remaining() < ROW_BYTES + ciphertext.length) {
                    flush(copy, buffer);
                }
                buffer.putShort((short) 2)
                        .putInt(Long.BYTES)
                        .putLong(++position)
                        .putInt(ciphertext.length);
                if (buffer.remaining() < ciphertext.length) {
                    flush(copy, buffer);
                    copy.writeToCopy(ciphertext, 0, ciphertext.length);
                } else {
                    buffer.put(ciphertext);
                }
            }
            if (buffer.remaining() < Short.BYTES) {
                flush(copy, buffer);
            }
            buffer.putShort((short) -1);
            flush(copy, buffer);
            copy.endCopy();
            whole = true;
        } finally {
            if (!whole && copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static void flush(CopyIn copy, ByteBuffer buffer) throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
