package eu.diplomatics.backup.segment;

import java.util.Arrays;

/** Rows one after the other, that are compressed and sealed together. Not thread-safe. */
public final class RowBlock {
    /** Small enough to stay in a processor's cache on its way. */
    private static final int BYTES = 1 << 18;

    private byte[] bytes = new byte[BYTES];
    private int length;
    private int rows;

    /** Takes whole rows. */
    public void add(CopyRows message) {
        int more = message.to() - message.from();
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
        System.arraycopy(message.bytes().array(), message.from(), bytes, length, more);
        length += more;
        rows += message.count();
    }

    public boolean isFull() {
        return length >= BYTES - BYTES / 16;
    }

    /** For others. */
    public void clear() {
        if (bytes.length > BYTES) {
            bytes = new byte[BYTES];
        }
        length = 0;
        rows = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    int rows() {
        return rows;
    }
}
