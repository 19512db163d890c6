package eu.diplomatics.backup.segment;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.SealingOutputStream;
import eu.diplomatics.envelope.SecretBytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Writes one segment: rows as PostgreSQL's binary COPY format has them, compressed (zstd), sealed (Cobblestone-256). A
 * segment is a whole COPY of its own, with header and trailer. Not thread-safe.
 */
public final class SegmentWriter implements AutoCloseable {
    /** Nearly all of it is ciphertext already: what can be compressed is found at the fastest level too. */
    private static final int LEVEL = -3;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final MessageDigest digest;
    private final SealingOutputStream sealing;
    private final ZstdOutputStreamNoFinalizer compressing;
    private long rows;
    private long plainBytes;

    /** @param file where the segment is to be; must not be there yet */
    public SegmentWriter(SecretBytes key, SegmentContext context, Path file) throws IOException {
        this.file = file;
        this.digest = sha256();
        this.sealing = Cobblestone.sealing(
                key,
                context.bytes(),
                new DigestOutputStream(
                        new BufferedOutputStream(
                                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                BUFFER_BYTES),
                        digest));
        this.compressing = new ZstdOutputStreamNoFinalizer(sealing, LEVEL);
        compressing.setCloseFrameOnFlush(true);
        compressing.setChecksum(false); // each chunk is authenticated
        put(CopyFormat.HEADER, 0, CopyFormat.HEADER.length);
    }

    /** Takes whole rows. */
    public void write(byte[] copied, int offset, int length, int count) throws IOException {
        put(copied, offset, length);
        rows += count;
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
        compressing.write(bytes, offset, length);
        plainBytes += length;
    }

    /** Before compression. */
    public long plainBytes() {
        return plainBytes;
    }

    /** Ends the segment; it is in the hands of the operating system then, not yet on the disk. */
    public Finished finish() throws IOException {
        put(CopyFormat.TRAILER, 0, CopyFormat.TRAILER.length);
        compressing.flush(); // which ends its frame; closing it would close what is below before that is finished
        sealing.finish();
        close();
        return new Finished(file, digest.digest(), Files.size(file), rows, plainBytes);
    }

    @Override
    public void close() throws IOException {
        compressing.close();
    }

    /**
     * @param sha256 of the file
     * @param plainBytes before compression
     */
    public record Finished(Path file, byte[] sha256, long bytes, long rows, long plainBytes) {}

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
