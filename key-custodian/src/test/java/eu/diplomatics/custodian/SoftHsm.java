package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.KeyGenerator;
import javax.security.auth.login.LoginException;
import org.junit.jupiter.api.Assumptions;

/** Tokens of SoftHSM2 in a directory of a test's own. */
final class SoftHsm {
    static final String PIN = "correct-1234";
    private static final List<Path> LIBRARIES = Stream.of(
                    "/usr/lib/softhsm/libsofthsm2.so",
                    "/usr/lib64/softhsm/libsofthsm2.so",
                    "/usr/lib64/pkcs11/libsofthsm2.so",
                    "/usr/local/lib/softhsm/libsofthsm2.so",
                    "/opt/homebrew/lib/softhsm/libsofthsm2.so")
            .map(Path::of)
            .toList();

    private final Path directory;
    private final Path library;

    private SoftHsm(Path directory, Path library) {
        this.directory = directory;
        this.library = library;
    }

    /** Without SoftHSM2 the test fails where everything is tested, and is left out elsewhere. */
    static SoftHsm in(Path directory) {
        Path library = LIBRARIES.stream().filter(Files::exists).findFirst().orElse(null);
        if (library == null) {
            String reason = "SoftHSM2 is not installed: apt-get install softhsm2";
            if ("true".equals(System.getenv("CI"))) {
                fail(reason);
            }
            Assumptions.abort(reason);
        }
        try {
            Files.createDirectories(directory.resolve("tokens"));
            Files.writeString(directory.resolve("softhsm2.conf"), """
                    directories.tokendir = %s
                    objectstore.backend = file
                    log.level = ERROR
                    """.formatted(directory.resolve("tokens")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SoftHsm made = new SoftHsm(directory, library);
        made.takeHere();
        return made;
    }

    void initialise(String label) {
        initialiseWithPin(label, PIN);
    }

    void initialiseWithPin(String label, String pin) {
        try {
            ProcessBuilder command = new ProcessBuilder(
                            "softhsm2-util",
                            "--init-token",
                            "--free",
                            "--label",
                            label,
                            "--so-pin",
                            "security-officer",
                            "--pin",
                            pin)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile());
            command.environment().put("SOFTHSM2_CONF", configuration());
            assertThat(command.start().waitFor())
                    .as(Files.readString(directory.resolve("log")))
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As somebody with another tool makes it, who does not know what the token is for. */
    void addKeyThatCanBeTakenOut(String label) throws GeneralSecurityException, IOException {
        try (Pkcs11Library found = Pkcs11Library.load(library)) {
            found.restart();
            var provider = Security.getProvider("SunPKCS11")
                    .configure(
                            "--name = other\nlibrary = " + library + "\nslot = "
                                    + found.find(label).id() + "\ndestroyTokenAfterLogout = true\n"
                                    + "attributes(generate, CKO_SECRET_KEY, *) = { CKA_SENSITIVE = false CKA_EXTRACTABLE = true }\n");
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, PIN.toCharArray());
            KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
            generator.init(256);
            store.setEntry("epoch-2026-11-21", new KeyStore.SecretKeyEntry(generator.generateKey()), null);
            ((AuthProvider) provider).logout();
        } catch (LoginException e) {
            throw new GeneralSecurityException(e);
        }
    }

    Path library() {
        return library;
    }

    CustodianConfiguration.Token.Pkcs11 token(String label) {
        return token(label, Duration.ofSeconds(30));
    }

    CustodianConfiguration.Token.Pkcs11 token(String label, Duration timeLimit) {
        try {
            Path pin = Files.writeString(directory.resolve("pin"), PIN + "\n");
            return new CustodianConfiguration.Token.Pkcs11(library, label, pin, false, timeLimit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes all tokens away, as somebody who pulls the device out. */
    void remove() throws IOException {
        Files.move(directory.resolve("tokens"), directory.resolve("away"));
        Files.createDirectory(directory.resolve("tokens"));
    }

    void putBack() throws IOException {
        try (Stream<Path> added = Files.list(directory.resolve("tokens"))) {
            for (Path token : added.toList()) {
                Files.move(
                        token,
                        Files.createDirectories(directory.resolve("other")).resolve(token.getFileName()));
            }
        }
        Files.delete(directory.resolve("tokens"));
        Files.move(directory.resolve("away"), directory.resolve("tokens"));
    }

    /** Until the process ends, SoftHSM waits at every use of a key, for a lock that another process holds. */
    Process stall() throws IOException {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.resolve("tokens").toString())
                .start();
        assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("HELD");
        return holder;
    }

    private String configuration() {
        return directory.resolve("softhsm2.conf").toString();
    }

    /** The library asks the C library for its environment, which Java cannot change. */
    private void takeHere() {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            Object done = linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("setenv"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT))
                    .invokeWithArguments(arena.allocateFrom("SOFTHSM2_CONF"), arena.allocateFrom(configuration()), 1);
            assertThat(done).isEqualTo(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Holds locks on a token's files until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            List<Path> files;
            try (Stream<Path> all = Files.walk(Path.of(args[0]))) {
                files = all.filter(file -> file.toString().endsWith(".object") || file.endsWith("generation"))
                        .toList();
            }
            for (Path file : files) {
                // kept open until the process ends
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        .lock();
            }
            System.out.println("HELD");
            System.in.read();
        }
    }
}
