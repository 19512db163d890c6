package eu.diplomatics.receipt;

import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** An Ed25519 seed as 32 raw bytes in a file that only its owner reads, for a signer without a keyring. */
public final class SeedFile {
    private SeedFile() {}

    /**
     * Makes a seed, durable when this returns; the caller closes what it gets.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is a file: a key is never written over
     */
    public static SecretBytes create(Path file) throws IOException {
        SecretBytes seed = SecretBytes.random(Ed25519.KEY_BYTES);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(seed.reveal());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            return seed;
        } catch (IOException e) {
            seed.close();
            throw e;
        }
    }

    /**
     * Reads a seed; the caller closes it.
     *
     * @throws IOException also when the file is none
     */
    public static SecretBytes read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            if (bytes.length != Ed25519.KEY_BYTES) {
                throw new IOException("a seed has " + Ed25519.KEY_BYTES + " bytes, " + file + " has " + bytes.length);
            }
            return SecretBytes.copyOf(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
