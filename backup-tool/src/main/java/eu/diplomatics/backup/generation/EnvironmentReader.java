package eu.diplomatics.backup.generation;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import eu.diplomatics.backup.generation.Manifest.Bundled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Takes the environment out of a generation that the signed index names. It needs no key: the manifest's signature is all. */
public final class EnvironmentReader {
    private static final int CHUNK = 64 * 1024;

    private final GenerationStore store;
    private final GenerationId id;
    private final GenerationStore.Signed signed;
    private final List<Bundled> files;

    /** @throws UntrustedException when the index does not name this manifest of the generation */
    public EnvironmentReader(GenerationStore store, GenerationId id) throws IOException {
        this.store = store;
        this.id = id;
        this.signed = store.named(id);
        this.files = signed.manifest().bundled();
    }

    /** By which the index names the generation. */
    public String manifestHash() {
        return signed.text().hash();
    }

    /** What there is. */
    public List<Bundled> files() {
        return files;
    }

    /**
     * Unpacks it below a folder; what is there already under a name is replaced. No file of another name comes about.
     *
     * @throws BackupException {@code DAMAGED} when a file is missing, or not what was written
     */
    public void unpack(Path folder) throws IOException {
        for (Bundled file : files) {
            Path target = folder.resolve(file.path()).normalize();
            if (!target.startsWith(folder)) {
                throw new UntrustedException("a path that leads out of the folder");
            }
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            unpack(file, target);
        }
    }

    private void unpack(Bundled file, Path target) throws IOException {
        String object = GenerationStore.environmentName(id, file.sha256());
        Path partial = Files.createTempFile(Objects.requireNonNull(target.getParent()), "unpack", ".part");
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            boolean whole;
            try (DigestInputStream in = new DigestInputStream(store.place().open(object), digest);
                    InputStream unpacked = new ZstdInputStreamNoFinalizer(in);
                    OutputStream out = Files.newOutputStream(partial)) {
                whole = copy(unpacked, out, file.size());
                if (whole) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
            if (!whole || !HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
                throw new BackupException(BackupException.Code.DAMAGED, "not what was written: " + object);
            }
            Files.setPosixFilePermissions(
                    partial, PosixFilePermissions.fromString(file.executable() ? "rwx------" : "rw-------"));
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            throw new BackupException(BackupException.Code.DAMAGED, "missing: " + object);
        } catch (ZstdIOException e) {
            throw new BackupException(BackupException.Code.DAMAGED, "not what was written: " + object);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Whether it was as long as that; a place may hold a few bytes that unpack to a full disk, so no more is written. */
    static boolean copy(InputStream from, OutputStream to, long size) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long left = size;
        for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
            if (read > left) {
                return false;
            }
            to.write(chunk, 0, read);
            left -= read;
        }
        return left == 0;
    }
}
