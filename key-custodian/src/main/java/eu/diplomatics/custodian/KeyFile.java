package eu.diplomatics.custodian;

import eu.diplomatics.custodian.FileToken.FileKey;
import eu.diplomatics.custodian.Token.KeyKind;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The file behind a {@link FileToken}: locked to one process, replaced as a whole, never half written. */
final class KeyFile implements AutoCloseable {
    // an alias is KIND.LABEL; a signing key's public half stands beside it
    private static final String PUBLIC = "public.";
    private static final String FRESH = ".new";

    private final Path path;
    private final char[] password;
    private final FileChannel lock;
    private @Nullable Object identity;
    private @Nullable FileTime modified;

    private KeyFile(Path path, char[] password, FileChannel lock) {
        this.path = path;
        this.password = password.clone();
        this.lock = lock;
    }

    static KeyFile lock(Path path, char[] password) {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new TokenException(Reason.MISSING, "there is no directory for key file " + path);
        }
        try {
            FileChannel channel = FileChannel.open(
                    directory.resolve(path.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    deleteLeftovers(directory, path);
                    return new KeyFile(path, password, channel);
                }
            } catch (OverlappingFileLockException e) {
                // the same process: refused like another one
            }
            channel.close();
            throw new TokenException(Reason.IN_USE, "key file " + path + " is in use by another process");
        } catch (IOException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " cannot be locked", e);
        }
    }

    /** What a crash left half-way holds keys too, also such as were destroyed since. */
    private static void deleteLeftovers(Path directory, Path path) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.startsWith(path.getFileName() + ".") && name.endsWith(FRESH)) {
                    Files.delete(file);
                }
            }
        }
    }

    void createNew(Map<String, FileKey> keys) {
        if (Files.exists(path)) {
            throw new TokenException(Reason.IN_USE, "key file " + path + " is there already and is not overwritten");
        }
        write(keys);
    }

    Map<String, FileKey> read() {
        byte[] content = content();
        KeyStore store = load(content);
        Map<String, FileKey> keys = new TreeMap<>();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (!alias.startsWith(PUBLIC)) {
                    int dot = alias.indexOf('.');
                    KeyKind kind = KeyKind.valueOf(alias.substring(0, dot).toUpperCase(Locale.ROOT));
                    String label = alias.substring(dot + 1);
                    byte[] publicPart = kind == KeyKind.SIGNING ? secret(store, PUBLIC + label) : new byte[0];
                    keys.put(label, new FileKey(kind, secret(store, alias), publicPart));
                }
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new TokenException(Reason.CORRUPT, "key file " + path + " holds something that is no key", e);
        }
        remember();
        return keys;
    }

    void write(Map<String, FileKey> keys) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (var entry : keys.entrySet()) {
                FileKey key = entry.getValue();
                put(store, key.kind().name().toLowerCase(Locale.ROOT) + "." + entry.getKey(), key.secret());
                if (key.kind() == KeyKind.SIGNING) {
                    put(store, PUBLIC + entry.getKey(), key.publicPart());
                }
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password);
            replace(bytes.toByteArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " cannot be written", e);
        }
        remember();
    }

    void checkUnchanged() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (!now.lastModifiedTime().equals(modified) || !Objects.equals(now.fileKey(), identity)) {
                throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " was changed by someone else");
            }
        } catch (IOException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " is gone", e);
        }
    }

    @Override
    public void close() {
        Arrays.fill(password, '\0');
        try {
            lock.close();
        } catch (IOException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " cannot be released", e);
        }
    }

    private byte[] content() {
        if (!Files.exists(path)) {
            throw new TokenException(Reason.MISSING, "there is no key file " + path);
        }
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " cannot be read", e);
        }
    }

    private KeyStore load(byte[] content) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), password);
            return store;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new TokenException(Reason.WRONG_PASSWORD, "the password does not open key file " + path, e);
            }
            throw new TokenException(Reason.CORRUPT, "key file " + path + " is corrupt", e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new TokenException(Reason.CORRUPT, "key file " + path + " is corrupt", e);
        }
    }

    private void remember() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            modified = now.lastModifiedTime();
            identity = now.fileKey();
        } catch (IOException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key file " + path + " is gone", e);
        }
    }

    private byte[] secret(KeyStore store, String alias) throws GeneralSecurityException {
        Key key = store.getKey(alias, password);
        if (key == null) {
            throw new UnrecoverableKeyException("no key " + alias);
        }
        return key.getEncoded();
    }

    private void put(KeyStore store, String alias, byte[] secret) throws GeneralSecurityException {
        store.setEntry(
                alias,
                new KeyStore.SecretKeyEntry(new SecretKeySpec(secret, "AES")),
                new KeyStore.PasswordProtection(password));
    }

    /** Whole or not at all, and on the disk when this returns. */
    private void replace(byte[] content) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(
                directory,
                path.getFileName() + ".",
                FRESH,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                out.force(true);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
