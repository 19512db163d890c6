package eu.diplomatics.backup.export;

import com.github.luben.zstd.ZstdOutputStream;
import eu.diplomatics.backup.portable.Age;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the bag as it is written: compressed or not, encrypted to the recipient, hashed inside and outside, and named
 * only when it is whole and durable. Nothing of the plaintext reaches the disk.
 */
final class SealedFile implements AutoCloseable {
    private static final int LEVEL = 3;

    private final Path file;
    private final Path part;
    private final FileChannel channel;
    private final MessageDigest outside = sha256();
    private final MessageDigest inside = sha256();
    private final OutputStream out;

    SealedFile(Path file, String recipient, boolean compressed) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.part = file.resolveSibling(file.getFileName() + ".part");
        this.channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        OutputStream hashed = new DigestOutputStream(new Durable(channel), outside);
        OutputStream encrypted = Age.encrypting(hashed, recipient);
        this.out = new DigestOutputStream(
                compressed ? new ZstdOutputStream(new BufferedOutputStream(encrypted), LEVEL) : encrypted, inside);
    }

    /** Flushed to the disk before it is closed. */
    private static final class Durable extends OutputStream {
        private final FileChannel channel;
        private final OutputStream out;

        Durable(FileChannel channel) {
            this.channel = channel;
            this.out = Channels.newOutputStream(channel);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (channel.isOpen()) {
                channel.force(true);
                channel.close();
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    OutputStream out() {
        return out;
    }

    /** Ends it; it does not have its name yet. */
    Hashes finish() throws IOException {
        out.close();
        return new Hashes(
                HexFormat.of().formatHex(outside.digest()), HexFormat.of().formatHex(inside.digest()));
    }

    void keep() throws IOException {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    record Hashes(String outside, String inside) {}

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
