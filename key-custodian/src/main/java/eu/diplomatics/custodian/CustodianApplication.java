package eu.diplomatics.custodian;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The custodian as a process. */
public final class CustodianApplication {
    static final int OK = 0;
    static final int USAGE = 2;
    static final int CONFIGURATION = 3;
    static final int TOKEN = 4;

    private static final String HELP = """
            usage: custodian serve --config FILE    answers until it is stopped
                   custodian init --config FILE     makes its keys, once
                   custodian --help | --version

            Keeps the master and index keys of a registry and uses them for clients that show a certificate.

            FILE is JSON; relative paths start at its directory:
              {
                "id": "local",
                "host": "127.0.0.1",
                "port": 8443,
                "token": {"keyFile": "keys.p12", "passwordFile": "token-password"},
                "tls": {"keyStore": "custodian.p12", "trustStore": "trust.p12", "passwordFile": "store-password"},
                "auditDirectory": "audit",
                "clients": {
                  "registry": {"verbs": ["WRAP", "UNWRAP", "INDEX"], "indexKeys": ["holder-index"],
                               "indexPerSecond": 20000, "indexBurst": 100000},
                  "query": {"verbs": ["UNWRAP", "INDEX"], "indexKeys": ["holder-index", "access-log-index"],
                            "indexPerSecond": 20000, "indexBurst": 100000},
                  "operator": {"verbs": ["DESTROY", "STATUS"]}
                }
              }
            id, host, port and clients may be left out; those above are then taken. Port 0 takes any free one. While keys
            are not in hardware, host must be of this machine alone. Keys in a PKCS #11 token:
                "token": {"kind": "pkcs11", "library": "/usr/lib/softhsm/libsofthsm2.so", "label": "custodian",
                          "pinFile": "token-pin", "hardware": false, "timeLimitMillis": 5000},
            hardware is what you declare; it and timeLimitMillis may be left out.
            Without passwordFile or pinFile, DIPLOMATICS_CUSTODIAN_TOKEN_PASSWORD and DIPLOMATICS_CUSTODIAN_TLS_PASSWORD hold
            the passwords; they never stand on a command line.

            When it answers, it prints READY and its address on standard output; the log goes to standard error.
            exit status: 0 done, 143 stopped by SIGTERM, 1 failed, 2 wrong command line, 3 wrong configuration,
            4 key file or token unusable
            """;

    private CustodianApplication() {}

    public static void main(String[] args) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "custodian-logback.xml");
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int status = run(List.of(args), System.getenv(), out, err);
        if (status != OK) {
            System.exit(status);
        }
    }

    static String version() {
        String version = CustodianApplication.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        Deque<String> rest = new ArrayDeque<>(arguments);
        String command = rest.isEmpty() ? "" : rest.pop();
        switch (command) {
            case "--help", "-h", "help" -> {
                out.print(HELP);
                return OK;
            }
            case "--version" -> {
                out.println("custodian " + version());
                return OK;
            }
            case "serve", "init" -> {
                @Nullable Path file = configurationFile(rest);
                return file == null
                        ? usage(err, command + " needs --config FILE and nothing else")
                        : carryOut(command, file, environment, out, err);
            }
            default -> {
                return usage(err, command.isEmpty() ? "there is no command" : "there is no command of this name");
            }
        }
    }

    private static int carryOut(
            String command, Path file, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            CustodianConfiguration configuration = CustodianConfiguration.read(file);
            return carryOut(command, configuration, environment, out, err);
        } catch (ConfigurationException e) {
            return problem(err, CONFIGURATION, e.getMessage(), e.hint());
        }
    }

    private static int carryOut(
            String command,
            CustodianConfiguration configuration,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err) {
        try {
            if (command.equals("init")) {
                CustodianServer.initialise(configuration, environment);
                out.println("made the keys in " + configuration.token().name());
            } else {
                serve(configuration, environment, out);
            }
            return OK;
        } catch (TokenException e) {
            boolean file = configuration.token() instanceof CustodianConfiguration.Token.File;
            return problem(err, TOKEN, e.getMessage(), file ? fileHint(e.reason()) : tokenHint(e.reason()));
        }
    }

    private static void serve(CustodianConfiguration configuration, Map<String, String> environment, PrintStream out) {
        CustodianServer server = CustodianServer.start(configuration, InstantSource.system(), environment);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            stopped.countDown();
                        },
                        "stop"));
        out.println("READY " + server.uri());
        try {
            stopped.await();
        } catch (InterruptedException e) {
            server.close();
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Path configurationFile(Deque<String> rest) {
        if (rest.size() == 2 && "--config".equals(rest.pop())) {
            return Path.of(rest.pop());
        }
        return null;
    }

    private static int usage(PrintStream err, String message) {
        return problem(err, USAGE, message, "custodian --help");
    }

    private static int problem(PrintStream err, int status, @Nullable String message, String hint) {
        err.println("error: " + message);
        err.println("HINT: " + hint);
        return status;
    }

    private static String tokenHint(TokenException.Reason reason) {
        return switch (reason) {
            case MISSING -> "check token.library and token.label; the vendor's tool lists and initialises tokens";
            case WRONG_PASSWORD ->
                "check pinFile or " + CustodianConfiguration.TOKEN_PASSWORD + "; each wrong try may lock the token";
            case INCOMPLETE ->
                "restore the token from its backup; only if it never served, initialise it anew and run custodian init";
            case IN_USE -> "serve with the keys it has; custodian init is for a token without keys";
            case CORRUPT -> "use a token that asks for a PIN and whose keys cannot be taken out";
            case SLOW -> "check the token and its network; token.timeLimitMillis sets the limit";
            case UNKNOWN_KEY, MISMATCH, UNAVAILABLE -> "check the token with the vendor's tool";
        };
    }

    private static String fileHint(TokenException.Reason reason) {
        return switch (reason) {
            case MISSING -> "custodian init makes a new one; if there was one, restore it: new keys open nothing old";
            case WRONG_PASSWORD -> "check the token's passwordFile or " + CustodianConfiguration.TOKEN_PASSWORD;
            case CORRUPT -> "restore the key file from its backup; do not make a new one: it would open nothing old";
            case INCOMPLETE ->
                "restore the key file from its backup; only if it never served, delete it and run custodian init";
            case IN_USE -> "stop the other custodian, or name another keyFile";
            case UNKNOWN_KEY, MISMATCH, UNAVAILABLE, SLOW -> "check the key file, its directory and its permissions";
        };
    }
}
