package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.LocalSoftHsm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
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
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.KeyGenerator;
import javax.security.auth.login.LoginException;
import org.opentest4j.TestAbortedException;

/** Tokens of SoftHSM2 in a directory of a test's own. */
final class SoftHsm {
    static final String PIN = "correct-1234";

    private final Path directory;
    private final LocalSoftHsm hsm;

    private SoftHsm(Path directory, LocalSoftHsm hsm) {
        this.directory = directory;
        this.hsm = hsm;
    }

    /** Without SoftHSM2 the test fails where everything is tested, and is left out, with the reason, elsewhere. */
    static SoftHsm in(Path directory) {
        return in(directory, LocalSoftHsm.in(directory), Boolean.parseBoolean(System.getenv("CI")));
    }

    static SoftHsm in(Path directory, Optional<LocalSoftHsm> found, boolean everythingIsTested) {
        if (found.isEmpty() && everythingIsTested) {
            throw new AssertionError(LocalSoftHsm.MISSING);
        }
        SoftHsm made = new SoftHsm(directory, found.orElseThrow(() -> new TestAbortedException(LocalSoftHsm.MISSING)));
        made.takeHere();
        return made;
    }

    void initialise(String label) {
        initialiseWithPin(label, PIN);
    }

    void initialiseWithPin(String label, String pin) {
        utility("--init-token", "--free", "--label", label, "--so-pin", "security-officer", "--pin", pin);
    }

    void delete(String label) {
        utility("--delete-token", "--token", label);
    }

    private void utility(String... arguments) {
        try {
            ProcessBuilder command = new ProcessBuilder(Stream.concat(Stream.of("softhsm2-util"), Stream.of(arguments))
                            .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile());
            command.environment().putAll(hsm.environment());
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
        try (Pkcs11Library found = Pkcs11Library.load(library())) {
            found.restart();
            var provider = Security.getProvider("SunPKCS11")
                    .configure(
                            "--name = other\nlibrary = " + library() + "\nslot = "
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

    /** Of the token that an index of 0 would mean. */
    String firstLabel() {
        try (Pkcs11Library found = Pkcs11Library.load(library())) {
            found.restart();
            return found.all().getFirst().label();
        }
    }

    Path library() {
        return hsm.library();
    }

    CustodianConfiguration.Token.Pkcs11 token(String label) {
        return token(label, Duration.ofSeconds(30));
    }

    CustodianConfiguration.Token.Pkcs11 token(String label, Duration timeLimit) {
        try {
            Path pin = Files.writeString(directory.resolve("pin"), PIN + "\n");
            return new CustodianConfiguration.Token.Pkcs11(library(), label, pin, false, timeLimit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove() throws IOException {
        hsm.takeAway();
    }

    void putBack() throws IOException {
        hsm.putBack();
    }

    /** Changes the PIN of a token that was taken away, by a process of its own. */
    void changePinWhileAway(String label, String from, String to) throws IOException, InterruptedException {
        Path configuration = Files.writeString(
                directory.resolve("away.conf"), "directories.tokendir = " + directory.resolve("away") + "\n");
        ProcessBuilder command = java(PinChange.class, library().toString(), label, from, to);
        command.environment().put("SOFTHSM2_CONF", configuration.toString());
        assertThat(command.inheritIO().start().waitFor()).isZero();
    }

    private static ProcessBuilder java(Class<?> main, String... arguments) {
        return new ProcessBuilder(Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()),
                        Stream.of(arguments))
                .toList());
    }

    /** Until the process ends, SoftHSM waits at every use of a key, for a lock that another process holds. */
    Process stall() throws IOException {
        Process holder = java(Holder.class, hsm.tokens().toString()).start();
        assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("HELD");
        return holder;
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
                    .invokeWithArguments(
                            arena.allocateFrom("SOFTHSM2_CONF"),
                            arena.allocateFrom(hsm.environment().get("SOFTHSM2_CONF")),
                            1);
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

    /** C_SetPIN, for which nobody need be logged in. */
    static final class PinChange {
        private PinChange() {}

        public static void main(String[] args) {
            var word = ValueLayout.JAVA_LONG;
            var pointer = ValueLayout.ADDRESS;
            try (Pkcs11Library library = Pkcs11Library.load(Path.of(args[0]));
                    Arena arena = Arena.ofConfined()) {
                library.restart();
                MemorySegment session = arena.allocate(word);
                long opened = Pkcs11Library.call(
                        library.function(12, word, word, pointer, pointer, pointer),
                        library.find(args[1]).id(),
                        6L,
                        MemorySegment.NULL,
                        MemorySegment.NULL,
                        session);
                Pkcs11Library.expectOk("C_OpenSession", opened);
                long changed = Pkcs11Library.call(
                        library.function(11, word, pointer, word, pointer, word),
                        session.get(word, 0),
                        arena.allocateFrom(args[2]),
                        (long) args[2].length(),
                        arena.allocateFrom(args[3]),
                        (long) args[3].length());
                Pkcs11Library.expectOk("C_SetPIN", changed);
            }
        }
    }
}
