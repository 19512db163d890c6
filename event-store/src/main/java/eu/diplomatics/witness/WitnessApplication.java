package eu.diplomatics.witness;

import eu.diplomatics.tls.MutualTls;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The command that the controller runs: {@code init}, {@code key}, {@code watch}, {@code serve}. */
public final class WitnessApplication {
    private static final int USAGE = 64;
    private static final int FAILED = 1;
    private static final String HELP = """
            usage: witness COMMAND --dir DIR [OPTIONS]

              init --name NAME           make the witness's key and print its verifier key
              key                        print the verifier key: registry and verifiers get it from you
              watch --log VERIFIER_KEY   watch a log from now on
              resume --statement FILE    cosign that a log goes on after a loss, and watch what begins; prints the
                                         declaration with the cosignature: read FILE before, it says what is given up
              serve --port N [--address A] [--tls-keys FILE --tls-trust FILE]
                                         answer POST /add-checkpoint (default address 127.0.0.1). Any other address
                                         needs both: PKCS #12 with the witness's key and certificate, and with the
                                         authorities of the registry's, under the password in WITNESS_STORE_PASSWORD

            The directory holds the private key and what was cosigned last: keep it away from the
            registry's hosts, back it up after each watch, and never run two witnesses on copies of it.
            """;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    WitnessApplication(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = Map.copyOf(environment);
    }

    public static void main(String[] args) {
        int exit = new WitnessApplication(System.out, System.err, System.getenv()).run(args);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    int run(String... args) {
        if (args.length > 0 && Set.of("--help", "-h", "help").contains(args[0])) {
            out.print(HELP);
            return 0;
        }
        try {
            return command(args);
        } catch (WitnessException e) {
            err.println("error: " + e.getMessage());
            return FAILED;
        } catch (IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + "\n\n" + HELP);
            return USAGE;
        } catch (IOException e) {
            err.println("error: " + e + "\nHINT: is the directory there, and yours?");
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int command(String... args) throws IOException, InterruptedException {
        if (args.length == 0) {
            throw new IllegalArgumentException("a command is missing");
        }
        Map<String, String> options = options(args);
        WitnessDirectory directory = new WitnessDirectory(Path.of(required(options, "--dir")));
        switch (args[0]) {
            case "init" ->
                out.println(directory.init(required(options, "--name")).text());
            case "key" -> out.println(directory.key().text());
            case "watch" -> watch(directory, required(options, "--log"));
            case "resume" ->
                out.print(new String(
                        WitnessedResumption.cosign(
                                directory,
                                Files.readAllBytes(Path.of(required(options, "--statement"))),
                                InstantSource.system()),
                        StandardCharsets.UTF_8));
            case "serve" ->
                serve(
                        directory,
                        new InetSocketAddress(
                                options.getOrDefault("--address", "127.0.0.1"),
                                Integer.parseInt(required(options, "--port"))),
                        tls(options));
            default -> throw new IllegalArgumentException("unknown command " + args[0]);
        }
        return 0;
    }

    private void watch(WitnessDirectory directory, String log) throws IOException {
        directory.name();
        try {
            VerifierKey key = VerifierKey.parse(log);
            directory.watch(key);
            out.println("watching " + key.name());
        } catch (NoteException e) {
            throw new WitnessException(
                    "no verifier key: " + e.reason(),
                    "it looks like name+1234abcd+base64; the registry's GET /v1/log/key");
        }
    }

    private @Nullable SSLContext tls(Map<String, String> options) {
        if (!options.containsKey("--tls-keys") && !options.containsKey("--tls-trust")) {
            return null;
        }
        String password = environment.get("WITNESS_STORE_PASSWORD");
        if (password == null) {
            throw new IllegalArgumentException("WITNESS_STORE_PASSWORD is missing in the environment");
        }
        return MutualTls.context(
                Path.of(required(options, "--tls-keys")),
                Path.of(required(options, "--tls-trust")),
                password.toCharArray());
    }

    private void serve(WitnessDirectory directory, InetSocketAddress address, @Nullable SSLContext tls)
            throws IOException, InterruptedException {
        try (WitnessServer server =
                WitnessServer.start(Witness.open(directory, InstantSource.system()), address, tls)) {
            out.println("witness listens on port " + server.port());
            out.flush();
            new CountDownLatch(1).await();
        }
    }

    private static Map<String, String> options(String... args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < args.length; i += 2) {
            if (i + 1 == args.length
                    || !Set.of(
                                    "--dir",
                                    "--name",
                                    "--log",
                                    "--port",
                                    "--address",
                                    "--statement",
                                    "--tls-keys",
                                    "--tls-trust")
                            .contains(args[i])) {
                throw new IllegalArgumentException("unknown option, or one without its value: " + args[i]);
            }
            options.put(args[i], args[i + 1]);
        }
        return options;
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
