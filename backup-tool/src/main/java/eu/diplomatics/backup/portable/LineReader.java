package eu.diplomatics.backup.portable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Lines of bytes, each of bounded length, and the hash of all that was read. */
public final class LineReader implements AutoCloseable {
    /** An event's body ends at 512 KiB; its other members take a kilobyte. */
    private static final int LONGEST = 600 * 1024;

    private static final byte[] END = {};
    private final InputStream in;
    private final MessageDigest digest = Sha256.digest();

    public LineReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /**
     * The next line without its line feed; empty at the end.
     *
     * @throws PortableException when a line is empty, too long, or does not end
     */
    public byte[] next() throws IOException, PortableException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                byte[] bytes = line.toByteArray();
                if (bytes.length == 0) {
                    break;
                }
                digest.update(bytes);
                digest.update((byte) '\n');
                return bytes;
            }
            line.write(b);
            if (line.size() > LONGEST) {
                break;
            }
        }
        if (line.size() == 0) {
            return END;
        }
        throw new PortableException(PortableException.Code.BAG_BROKEN, "a line that is too long, or does not end");
    }

    /** Of everything up to here, hex. */
    public String sha256() {
        return Sha256.hex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
