package eu.diplomatics.backup.segment;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.SecretBytes;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads what {@link SegmentWriter} wrote, row by row. It is whole only when {@link #next} has said that nothing follows. */
public final class SegmentReader implements AutoCloseable {
    /** No row of ours comes near it: a length that says more is not believed, and no memory asked for. */
    private static final int MOST_BYTES = 64 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final DataInputStream in;
    private byte[] row = new byte[1 << 14];
    private long rows;

    /**
     * @throws eu.diplomatics.envelope.EnvelopeException when it was not sealed under this key and context, or was changed
     */
    public SegmentReader(SecretBytes key, SegmentContext context, InputStream sealed) throws IOException {
        this.in = new DataInputStream(new BufferedInputStream(
                new ZstdInputStreamNoFinalizer(Cobblestone.opening(key, context.bytes(), sealed)), BUFFER_BYTES));
        byte[] header = in.readNBytes(CopyFormat.HEADER.length);
        if (!Arrays.equals(header, CopyFormat.HEADER)) {
            throw new IOException("no segment: another header");
        }
    }

    /** The next row as the COPY format has it, valid until the next call; empty when all were read and the end is whole. */
    public ByteBuffer next() throws IOException {
        short fields = in.readShort();
        if (fields == CopyFormat.END) {
            if (in.read() != -1) {
                throw new IOException("no segment: something follows its end");
            }
            return ByteBuffer.allocate(0);
        }
        int length = 0;
        length = put(length, Short.BYTES);
        ByteBuffer.wrap(row).putShort(0, fields);
        for (int field = 0; field < fields; field++) {
            int size = in.readInt();
            length = put(length, Integer.BYTES);
            ByteBuffer.wrap(row).putInt(length - Integer.BYTES, size);
            if (size != CopyFormat.NULL) {
                if (size < 0 || size > MOST_BYTES - length) {
                    throw new IOException("no segment: a field of " + size + " bytes");
                }
                length = put(length, size);
                in.readFully(row, length - size, size);
            }
        }
        rows++;
        return ByteBuffer.wrap(row, 0, length);
    }

    private int put(int length, int more) {
        if (row.length - length < more) {
            row = Arrays.copyOf(row, Math.max(row.length * 2, length + more));
        }
        return length + more;
    }

    public long rows() {
        return rows;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
