package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Command.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The custodian as a process. */
public final class CustodianApplication {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int CONFIGURATION = 3;
    static final int TOKEN = 4;

    static final int REFUSED = 5;
    static final int UNREACHABLE = 6;
    static final int BROKEN = 7;

    private static final List<Command> COMMANDS = Stream.of(
                    OfflineCommands.all(),
                    OnlineCommands.all(),
                    List.of(SigningCommand.command(), ShowCommand.command()))
            .flatMap(List::stream)
            .toList();

    private static final String HELP = """

            Keeps the master and index keys of a registry and uses them for clients that show a certificate.

            --config FILE is JSON; relative paths start at its directory:
              {
                "id": "local",
                "host": "127.0.0.1",
                "port": 8443,
                "token": {"keyFile": "keys.p12", "passwordFile": "token-password"},
                "tls": {"keyStore": "custodian.p12", "trustStore": "trust.p12", "passwordFile": "store-password"},
                "auditDirectory": "audit",
                "clients": {
                  "registry": {"verbs": ["WRAP", "UNWRAP", "INDEX", "EXPIRE"], "indexKeys": ["holder-index"],
                               "indexPerSecond": 20000, "indexBurst": 100000},
                  "query": {"verbs": ["UNWRAP", "INDEX"], "indexKeys": ["holder-index", "access-log-index"],
                            "indexPerSecond": 20000, "indexBurst": 100000},
                  "backup": {"verbs": ["WRAP", "UNWRAP"]},
                  "exporter": {"verbs": ["LEASED_UNWRAP"]},
                  "operator": {"verbs": ["DESTROY", "APPROVE", "REVOKE", "TICKET", "LIFT", "LEASE", "ROTATE", "STATUS"]},
                  "operator-2": {"verbs": ["DESTROY", "APPROVE", "REVOKE", "TICKET", "LIFT", "LEASE", "ROTATE", "STATUS"]},
                  "controller": {"verbs": ["REVOKE", "STATUS"]}
                },
                "authorities": {"controller": ["BASE64"], "manifest": ["BASE64"], "inventory": ["BASE64"]}
              }
            authorities are the public keys (X.509 encoding) whose statements are believed; without them no key is ever
            destroyed. id, host, port and clients may be left out; those above are then taken. Port 0 takes any free one. While keys
            are not in hardware, host must be of this machine alone. An index key covers all its versions. Keys in a
            PKCS #11 token:
                "token": {"kind": "pkcs11", "library": "/usr/lib/softhsm/libsofthsm2.so", "label": "custodian",
                          "pinFile": "token-pin", "hardware": false, "timeLimitMillis": 5000},
            hardware is what you declare; it and timeLimitMillis may be left out.

            --as FILE is JSON too, with the certificate of the person who asks:
              {"url": "https://127.0.0.1:8443", "keyStore": "operator.p12", "trustStore": "trust.p12",
               "passwordFile": "store-password"}

            Without passwordFile or pinFile, DIPLOMATICS_CUSTODIAN_TOKEN_PASSWORD and DIPLOMATICS_CUSTODIAN_TLS_PASSWORD hold
            the passwords; they never stand on a command line.

            exit status: 0 done, 143 stopped by SIGTERM, 1 failed, 2 wrong command line, 3 wrong configuration,
            4 key file or token unusable, 5 refused by the custodian, 6 no answer from the custodian,
            7 the audit log is not as it was written
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
        String name = arguments.isEmpty() ? "" : arguments.getFirst();
        switch (name) {
            case "--help", "-h", "help" -> {
                out.println(overview() + HELP.stripTrailing());
                return OK;
            }
            case "--version" -> {
                out.println("custodian " + version());
                return OK;
            }
            default -> {
                return COMMANDS.stream()
                        .filter(command -> command.name().equals(name))
                        .findFirst()
                        .map(command -> run(
                                command, arguments.subList(1, arguments.size()), new Console(environment, out, err)))
                        .orElseGet(() -> problem(
                                err,
                                USAGE,
                                name.isEmpty() ? "there is no command" : "there is no command of this name",
                                "custodian --help"));
            }
        }
    }

    private static String overview() {
        StringBuilder text = new StringBuilder();
        for (Command command : COMMANDS) {
            text.append(text.isEmpty() ? "usage: " : "       ")
                    .append(command.usage())
                    .append("\n           ")
                    .append(command.summary())
                    .append('\n');
        }
        return text.append("       custodian --help | --version | COMMAND --help\n")
                .toString();
    }

    private static int run(Command command, List<String> arguments, Console console) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            console.out().print("usage: " + command.usage() + "\n" + command.summary() + "\n\n" + command.help());
            return OK;
        }
        PrintStream err = console.err();
        try {
            Options options = Options.parse(
                    command.name(), arguments, command.required(), command.optional(), command.repeated());
            return run(command, options, console);
        } catch (UsageException e) {
            return problem(err, USAGE, e.getMessage(), e.hint());
        } catch (ConfigurationException e) {
            return problem(err, CONFIGURATION, e.getMessage(), e.hint());
        } catch (OperatorClient.Refused e) {
            return problem(err, REFUSED, e.getMessage(), "docs/key-custodian.md explains the codes");
        } catch (OperatorClient.Unreachable e) {
            return problem(err, UNREACHABLE, e.getMessage(), "check the url and that the custodian runs");
        }
    }

    private static int run(Command command, Options options, Console console) {
        try {
            return command.action().run(options, console);
        } catch (TokenException e) {
            var place = CustodianConfiguration.read(Path.of(options.one("--config")))
                    .token();
            boolean file = place instanceof CustodianConfiguration.Token.File;
            return problem(console.err(), TOKEN, e.getMessage(), file ? fileHint(e.reason()) : tokenHint(e.reason()));
        }
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
            case LOCKED -> "let the security officer set the PIN anew";
            case INCOMPLETE ->
                "restore the token from its backup; only if it never served, initialise it anew and run custodian init";
            case IN_USE -> "serve with the keys it has; custodian init is for a token without keys";
            case CORRUPT -> "use a token that asks for a PIN and whose keys cannot be taken out";
            case SLOW, HANGING -> "check the token and its network; token.timeLimitMillis sets the limit";
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
            case UNKNOWN_KEY, MISMATCH, UNAVAILABLE, LOCKED, SLOW, HANGING ->
                "check the key file, its directory and its permissions";
        };
    }
}
