package eu.diplomatics.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * SoftHSM2, where this machine has it: tokens in a directory of one's own, for quickstart and tests. Its library reads
 * where they are from the environment of the process that loads it.
 */
public final class LocalSoftHsm {
    /** Names the library where it is not in a usual place; a file that is not there means there is none. */
    public static final String LIBRARY_VARIABLE = "DIPLOMATICS_SOFTHSM2_LIBRARY";

    /** What to say where there is none. */
    public static final String MISSING =
            "SoftHSM2 is not installed (Debian, Ubuntu: apt install softhsm2; Fedora: dnf install softhsm)";

    private static final List<Path> USUAL = Stream.of(
                    "/usr/lib/softhsm/libsofthsm2.so",
                    "/usr/lib64/softhsm/libsofthsm2.so",
                    "/usr/lib64/pkcs11/libsofthsm2.so",
                    "/usr/local/lib/softhsm/libsofthsm2.so")
            .map(Path::of)
            .toList();

    private final Path directory;
    private final Path library;

    private LocalSoftHsm(Path directory, Path library) {
        this.directory = directory.toAbsolutePath();
        this.library = library;
    }

    /** Tokens in this directory, which is made; empty where there is no SoftHSM2. */
    public static Optional<LocalSoftHsm> in(Path directory) {
        return in(directory, System.getenv());
    }

    /** Whether this machine has it. */
    public static boolean isInstalled() {
        return library(System.getenv()).isPresent();
    }

    static Optional<LocalSoftHsm> in(Path directory, Map<String, String> environment) {
        return library(environment).map(library -> new LocalSoftHsm(directory, library).made());
    }

    private static Optional<Path> library(Map<String, String> environment) {
        String named = environment.get(LIBRARY_VARIABLE);
        return (named == null ? USUAL : List.of(Path.of(named)))
                .stream().filter(Files::isReadable).findFirst();
    }

    /** The PKCS #11 library. */
    public Path library() {
        return library;
    }

    /** What a process needs in its environment to find these tokens. */
    public Map<String, String> environment() {
        return Map.of("SOFTHSM2_CONF", configuration().toString());
    }

    /** Whether anybody made a token here. */
    public boolean hasTokens() {
        try (Stream<Path> all = Files.list(tokens())) {
            return all.findAny().isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the tokens are, a directory each. */
    public Path tokens() {
        return directory.resolve("tokens");
    }

    /** Takes all tokens away, as somebody who pulls the device out. */
    public void takeAway() throws IOException {
        Files.move(tokens(), away());
        Files.createDirectory(tokens());
    }

    /** Brings back what was taken away, in place of what was made meanwhile. */
    public void putBack() throws IOException {
        Files.move(tokens(), Files.createTempDirectory(directory, "replaced").resolve("tokens"));
        Files.move(away(), tokens());
    }

    private Path away() {
        return directory.resolve("away");
    }

    private Path configuration() {
        return directory.resolve("softhsm2.conf");
    }

    private LocalSoftHsm made() {
        try {
            Files.createDirectories(
                    tokens(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(configuration(), """
                    directories.tokendir = %s
                    objectstore.backend = file
                    log.level = ERROR
                    """.formatted(tokens()));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("tokens cannot be made in " + directory, e);
        }
    }
}
