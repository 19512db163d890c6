package eu.diplomatics.backup.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A folder of this machine, readable by its owner only. Links in it are not followed. */
public final class LocalPlace implements Place {
    private static final String SPOOL = ".spool";

    private final Path root;

    /** Makes the folder where there is none. */
    public LocalPlace(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        makeFolder(this.root);
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public Path spool() throws IOException {
        Path spool = root.resolve(SPOOL);
        makeFolder(spool);
        return spool;
    }

    @Override
    public List<PlacedObject> list(String prefix) throws IOException {
        List<PlacedObject> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                String name = root.relativize(file).toString();
                if (name.startsWith(prefix) && !name.startsWith(SPOOL)) {
                    found.add(new PlacedObject(name, Files.size(file)));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparing(PlacedObject::name));
        return found;
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Files.newInputStream(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void put(String name, Path file, byte[] sha256) throws IOException {
        keep(name, file, sha256);
        if (!MessageDigest.isEqual(digest(path(name)), sha256)) {
            throw new PlaceException(name() + " does not give back what it was given: " + name);
        }
    }

    @Override
    public void keep(String name, Path file, byte[] sha256) throws IOException {
        Path target = path(name);
        makeFolders(target);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(name);
        }
        force(file);
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        force(folder(target));
    }

    @Override
    public boolean isReadBesidePut() {
        return true;
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        Path target = path(name);
        makeFolders(target);
        Path fresh = Files.createTempFile(spool(), "replace", ".new");
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        force(folder(target));
    }

    @Override
    public void delete(String name) throws IOException {
        // also what is no name of ours: whoever lists finds strangers too, and they have to go with the rest
        Path target = root.resolve(name).normalize();
        if (!target.startsWith(root) || target.equals(root)) {
            throw new IllegalArgumentException("no name of an object");
        }
        if (Files.deleteIfExists(target)) {
            force(folder(target));
            removeEmpty(folder(target));
        }
    }

    private void removeEmpty(Path folder) throws IOException {
        for (Path each = folder; !each.equals(root); each = folder(each)) {
            try (Stream<Path> left = Files.list(each)) {
                if (left.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(each);
            force(folder(each));
        }
    }

    private Path path(String name) {
        return root.resolve(ObjectNames.check(name));
    }

    private static Path folder(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    /** Each of them, so that a crash leaves no file in a folder that is not there. */
    private void makeFolders(Path target) throws IOException {
        Path missing = folder(target);
        List<Path> folders = new ArrayList<>();
        for (; !Files.isDirectory(missing); missing = folder(missing)) {
            folders.addFirst(missing);
        }
        for (Path each : folders) {
            makeFolder(each);
            force(folder(each));
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static byte[] digest(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
