package eu.diplomatics.local;

import com.sun.security.auth.module.UnixSystem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once per user from the jar on the class path. */
final class PostgresBinaries {
    private static final String VERSION = "18.6.0";
    private static final int OWNER_EXECUTE = 0100;

    /** There the server is nobody, and its files are ours. */
    private static final List<String> IN_A_USER_NAMESPACE = List.of("unshare", "-U");

    /** A container often forbids the other; then the server is nobody here too, and may enter our directories. */
    private static final List<String> AS_NOBODY = List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            // or PostgreSQL's look at its own programs, by access(2), would leave the right to enter out
            "--securebits=+no_setuid_fixup");

    private final Path home;
    private final List<String> prefix;

    private PostgresBinaries(Path home, List<String> prefix) {
        this.home = home;
        this.prefix = prefix;
    }

    /** Finds the unpacked programs or unpacks them; several processes and threads may do so at once. */
    static synchronized PostgresBinaries unpack() {
        try {
            Path cache = cacheDirectory();
            Path home = cache.resolve("postgres-" + VERSION);
            if (!Files.exists(home)) {
                try (FileChannel channel = FileChannel.open(
                                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    if (lock.isValid() && !Files.exists(home)) {
                        Path partial = Files.createTempDirectory(cache, "unpacking");
                        extract(partial);
                        Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
                    }
                }
            }
            return new PostgresBinaries(home, notAsRoot());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL's programs could not be unpacked", e);
        }
    }

    /** The command line of one of the programs, prepared so that it also runs when we are root. */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** What to put before a command: PostgreSQL refuses to run as root. */
    private static List<String> notAsRoot() {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        return Stream.of(IN_A_USER_NAMESPACE, AS_NOBODY)
                .filter(PostgresBinaries::works)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "PostgreSQL does not run as root, and neither unshare -U nor setpriv is allowed here\n"
                                + "HINT: run this as an ordinary user"));
    }

    private static boolean works(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path cacheDirectory() throws IOException {
        Path parent = candidate(System.getProperty("diplomatics.cache"));
        if (parent == null) {
            parent = candidate(System.getenv("XDG_CACHE_HOME"));
        }
        if (parent == null) {
            parent = candidate(System.getProperty("user.home") + "/.cache");
        }
        UnixSystem user = new UnixSystem();
        Path cache = parent != null
                ? parent.resolve("diplomatics")
                : Path.of(System.getProperty("java.io.tmpdir"), "diplomatics-" + user.getUid());
        Files.createDirectories(
                cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // In a shared temporary folder somebody else could have made it, with programs of theirs.
        if (((Integer) Files.getAttribute(cache, "unix:uid")) != user.getUid()) {
            throw new IOException(cache + " belongs to another user");
        }
        return cache;
    }

    private static @Nullable Path candidate(@Nullable String directory) {
        if (directory == null || directory.isBlank()) {
            return null;
        }
        Path path = Path.of(directory).toAbsolutePath();
        Path parent = path.getParent();
        if (!Files.exists(path) && (parent == null || !Files.isWritable(parent))) {
            return null;
        }
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            return null;
        }
        return Files.isWritable(path) ? path : null;
    }

    private static void extract(Path target) throws IOException {
        try (InputStream packed = archive();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("entry outside the archive");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file, StandardCopyOption.REPLACE_EXISTING);
                    Files.setPosixFilePermissions(file, permissions((entry.getMode() & OWNER_EXECUTE) != 0));
                }
            }
        }
    }

    private static Set<PosixFilePermission> permissions(boolean executable) {
        return PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
    }

    private static InputStream archive() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch");
        String name = "/postgres-" + system + "-"
                + switch (machine) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "arm_64";
                    default -> machine;
                }
                + ".txz";
        InputStream archive = PostgresBinaries.class.getResourceAsStream(name);
        if (archive == null) {
            throw new IOException("no PostgreSQL programs for " + system + " on " + machine + " on the class path");
        }
        return archive;
    }

    /** Deletes a folder with everything in it. */
    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
