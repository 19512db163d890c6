package eu.diplomatics.backup.segment;

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
 * Writes one segment: rows as PostgreSQL's binary COPY format has them, in zstd frames, sealed (Cobblestone-256). A
 * segment is a whole COPY of its own, with header and trailer. Not thread-safe.
 */
public final class SegmentWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final MessageDigest digest;
    private final SealingOutputStream sealing;
    private final ZstdFrames frames;
    private long rows;

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
        this.frames = new ZstdFrames(sealing);
        frames.raw(CopyFormat.HEADER, CopyFormat.HEADER.length);
    }

    public void write(RowBlock block) throws IOException {
        frames.write(block.bytes(), block.length());
        rows += block.rows();
    }

    /** Ends the segment; it is in the hands of the operating system then, not yet on the disk. */
    public Finished finish() throws IOException {
        frames.raw(CopyFormat.TRAILER, CopyFormat.TRAILER.length);
        sealing.finish();
        close();
        return new Finished(file, digest.digest(), Files.size(file), rows);
    }

    @Override
    public void close() throws IOException {
        frames.close();
        sealing.close();
    }

    /** @param sha256 of the file */
    public record Finished(Path file, byte[] sha256, long bytes, long rows) {}

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
