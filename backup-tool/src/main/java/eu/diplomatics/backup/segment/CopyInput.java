package eu.diplomatics.backup.segment;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/** Sends rows to PostgreSQL in its binary COPY format. Closed before it is finished, nothing of it stays. Not thread-safe. */
public final class CopyInput implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final CopyIn copy;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;

    /** @param copy that was begun just now, of {@code FORMAT binary} */
    public CopyInput(CopyIn copy) throws SQLException {
        this.copy = copy;
        put(ByteBuffer.wrap(CopyFormat.HEADER));
    }

    /** A row as {@link SegmentReader#next} gives it. */
    public void row(ByteBuffer row) throws SQLException {
        put(row);
    }

    private void put(ByteBuffer bytes) throws SQLException {
        while (bytes.hasRemaining()) {
            if (filled == buffer.length) {
                flush();
            }
            int length = Math.min(bytes.remaining(), buffer.length - filled);
            bytes.get(buffer, filled, length);
            filled += length;
        }
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, filled);
        filled = 0;
    }

    /** How many rows PostgreSQL took. */
    public long finish() throws SQLException {
        put(ByteBuffer.wrap(CopyFormat.TRAILER));
        flush();
        return copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
