package eu.diplomatics.backup.segment;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.SecretBytes;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads what {@link SegmentWriter} wrote, row by row. It is whole only when {@link #next} has said that nothing follows.
 * Closing it leaves open what it reads from.
 */
public final class SegmentReader implements AutoCloseable {
    /** No row of ours comes near it: a length that says more is not believed, and no memory asked for. */
    private static final int MOST_BYTES = 64 << 20;

    private static final int BUFFER_BYTES = 1 << 17;
    private static final int NOT_WHOLE = -1;

    private final InputStream in;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private ByteBuffer view = ByteBuffer.wrap(buffer);
    private int from;
    private int to;
    private long rows;

    /**
     * @throws eu.diplomatics.envelope.EnvelopeException when it was not sealed under this key and context, or was changed
     */
    public SegmentReader(SecretBytes key, SegmentContext context, InputStream sealed) throws IOException {
        this.in = new ZstdInputStreamNoFinalizer(Cobblestone.opening(key, context.bytes(), new Open(sealed)));
        while (to < CopyFormat.HEADER.length) {
            more();
        }
        if (!Arrays.equals(buffer, 0, CopyFormat.HEADER.length, CopyFormat.HEADER, 0, CopyFormat.HEADER.length)) {
            throw new IOException("no segment: another header");
        }
        from = CopyFormat.HEADER.length;
    }

    /** The next row as the COPY format has it, valid until the next call; empty when all were read and the end is whole. */
    public ByteBuffer next() throws IOException {
        int end = endOfRow();
        while (end == NOT_WHOLE) {
            more();
            end = endOfRow();
        }
        if (view.getShort(from) == CopyFormat.END) {
            if (end != to || in.read() != -1) {
                throw new IOException("no segment: something follows its end");
            }
            return ByteBuffer.allocate(0);
        }
        ByteBuffer row = view.slice(from, end - from);
        from = end;
        rows++;
        return row;
    }

    /** Where the row ends that begins here, as far as it is in memory. */
    private int endOfRow() throws IOException {
        int at = from + Short.BYTES;
        if (at > to) {
            return NOT_WHOLE;
        }
        short fields = view.getShort(from);
        if (fields < CopyFormat.END) {
            throw new IOException("no segment: no row");
        }
        for (int field = 0; field < fields; field++) {
            if (to - at < Integer.BYTES) {
                return NOT_WHOLE;
            }
            int size = view.getInt(at);
            at += Integer.BYTES;
            if (size != CopyFormat.NULL) {
                if (size < 0 || size > MOST_BYTES - (at - from)) {
                    throw new IOException("no segment: a field of " + size + " bytes");
                }
                at += size;
            }
        }
        return at <= to ? at : NOT_WHOLE;
    }

    private void more() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
            view = ByteBuffer.wrap(buffer);
        }
        int read = in.read(buffer, to, buffer.length - to);
        if (read < 0) {
            throw new EOFException("no segment: it ends within a row");
        }
        to += read;
    }

    public long rows() {
        return rows;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static final class Open extends FilterInputStream {
        Open(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
