package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Command.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** What works on the token itself, while no custodian runs with it. */
final class OfflineCommands {
    private static final String CONFIG = "--config";
    private static final String COMPONENT = "--component";
    private static final String INDEX = "--index";
    private static final String OUT = "--out";

    private OfflineCommands() {}

    static List<Command> all() {
        return List.of(
                new Command(
                        "serve",
                        "--config FILE",
                        "answers until it is stopped",
                        """
                        When it answers, it prints READY and its address on standard output; the log goes to standard error.
                        """,
                        Set.of(CONFIG),
                        OfflineCommands::serve),
                new Command(
                        "init-token",
                        "--config FILE",
                        "gives an empty PKCS #11 token its label and PIN, once",
                        """
                        For a module whose maker's tool does not do it. DIPLOMATICS_CUSTODIAN_OFFICER_PIN holds the security
                        officer's PIN. A token that has a label already is left as it is.
                        """,
                        Set.of(CONFIG),
                        OfflineCommands::initToken),
                new Command(
                        "init",
                        "--config FILE [--component FILE --component FILE ...]",
                        "makes its keys, once",
                        """
                        With components, the index keys come from them: for a second site, which needs the same ones.
                        """,
                        Set.of(CONFIG),
                        Set.of(),
                        Set.of(COMPONENT),
                        OfflineCommands::init),
                new Command(
                        "component",
                        "--out FILE",
                        "makes one person's part of new index keys",
                        """
                        FILE must not be there yet. Each part on a medium of its own; the sites need all of them.
                        """,
                        Set.of(OUT),
                        OfflineCommands::component),
                new Command(
                        "create",
                        "--config FILE --index NAME [--component FILE --component FILE ...]",
                        "makes the next version of an index key",
                        """
                        NAME is holder-index or access-log-index; version n gets the label NAME-n. With several sites, give
                        the same components at each. Prints the label and the key's check value, which must be the same at
                        all sites. While a custodian runs with the token, use custodian rotate.
                        """,
                        Set.of(CONFIG, INDEX),
                        Set.of(),
                        Set.of(COMPONENT),
                        OfflineCommands::create),
                new Command(
                        "list",
                        "--config FILE",
                        "lists the keys with their check values",
                        """
                        While a custodian runs with the token, use custodian status.
                        """,
                        Set.of(CONFIG),
                        OfflineCommands::list),
                new Command(
                        "verify-audit",
                        "--config FILE [--head HEX] [--receipt-key FINGERPRINT]",
                        "says whether the audit log is as it was written",
                        """
                        HEX is a head that you kept, from the answer of custodian status: the log must contain it. FINGERPRINT is
                        that of the receipt key (SHA-256, hex), which must have signed. Without them, a log cut at its end, or
                        written anew as a whole by somebody who has the files, is not found. Works while a custodian runs.
                        exit status: 0 as it was written, 7 not, and where
                        """,
                        Set.of(CONFIG),
                        Set.of("--head", "--receipt-key"),
                        Set.of(),
                        OfflineCommands::verifyAudit),
                new Command(
                        "measure",
                        "--config FILE",
                        "measures how many keys and index values the token does in a second",
                        """
                        Takes half a minute. Makes a key named measurement for it, and destroys it afterwards.
                        """,
                        Set.of(CONFIG),
                        OfflineCommands::measure));
    }

    private static CustodianConfiguration configuration(Options options) {
        return CustodianConfiguration.read(Path.of(options.one(CONFIG)));
    }

    private static int serve(Options options, Console console) {
        CustodianServer server =
                CustodianServer.start(configuration(options), InstantSource.system(), console.environment());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            stopped.countDown();
                        },
                        "stop"));
        console.out().println("READY " + server.uri());
        try {
            stopped.await();
        } catch (InterruptedException e) {
            server.close();
            Thread.currentThread().interrupt();
        }
        return CustodianApplication.OK;
    }

    private static int initToken(Options options, Console console) {
        CustodianConfiguration configuration = configuration(options);
        if (!(configuration.token() instanceof CustodianConfiguration.Token.Pkcs11 place)) {
            throw new ConfigurationException("token.kind is not pkcs11", "custodian init makes a key file");
        }
        String officer = console.environment().getOrDefault(CustodianConfiguration.OFFICER_PIN, "");
        if (officer.isEmpty()) {
            throw new ConfigurationException(
                    "there is no PIN of the security officer", "set " + CustodianConfiguration.OFFICER_PIN);
        }
        Pkcs11Administration.initialise(
                place.library(),
                place.label(),
                officer.toCharArray(),
                configuration.tokenPassword(console.environment()));
        console.out().println("initialised " + configuration.token().name());
        return CustodianApplication.OK;
    }

    private static int init(Options options, Console console) {
        CustodianConfiguration configuration = configuration(options);
        List<String> components = options.all(COMPONENT);
        if (components.isEmpty()) {
            CustodianServer.initialise(configuration, console.environment());
        } else {
            try (KeyComponents parts = combined(components)) {
                CustodianServer.initialise(configuration, console.environment(), parts);
            }
        }
        console.out().println("made the keys in " + configuration.token().name());
        return CustodianApplication.OK;
    }

    private static int component(Options options, Console console) {
        Path file = Path.of(options.one(OUT));
        KeyComponents.make(file);
        console.out().println("made component " + file);
        return CustodianApplication.OK;
    }

    private static int create(Options options, Console console) {
        String name = options.one(INDEX);
        if (!KeyLabels.INDEX_KEYS.contains(name)) {
            throw new UsageException("create", "knows no index key of this name");
        }
        try (Token token = CustodianServer.openToken(configuration(options), console.environment())) {
            String label = KeyLabels.of(name, KeyLabels.latest(token.labels(), name) + 1);
            List<String> components = options.all(COMPONENT);
            if (components.isEmpty()) {
                token.create(label, Token.KeyKind.DIGEST);
            } else {
                try (KeyComponents parts = combined(components)) {
                    token.bring(label, parts.indexKey(label));
                }
            }
            console.out().println("made " + label + " check " + KeyCheck.of(token, label));
        }
        return CustodianApplication.OK;
    }

    private static int list(Options options, Console console) {
        try (Token token = CustodianServer.openToken(configuration(options), console.environment())) {
            Map<String, String> checks = KeyCheck.ofAll(token);
            for (String label : token.labels()) {
                String check = checks.get(label);
                console.out().println(check == null ? label : label + " check " + check);
            }
        }
        return CustodianApplication.OK;
    }

    private static int verifyAudit(Options options, Console console) {
        Path directory = configuration(options).auditDirectory();
        AuditVerifier.Report report;
        try {
            report = AuditVerifier.verify(directory, options.find("--head"), options.find("--receipt-key"));
        } catch (IOException e) {
            throw new ConfigurationException(
                    "audit log in " + directory + " cannot be read", "check auditDirectory", e);
        }
        if (!report.ok()) {
            console.err().println("error: " + report.problem());
            console.err().println("HINT: keep a copy of the directory as it is; docs/runbooks/key-ceremony.md goes on");
            return CustodianApplication.BROKEN;
        }
        console.out().println("OK " + report.lines() + " lines, signed up to line " + report.signedUpTo());
        console.out().println("head " + report.head());
        report.signedBy()
                .forEach((key, line) -> console.out().println("receipt key " + key + " signed up to line " + line));
        return CustodianApplication.OK;
    }

    private static int measure(Options options, Console console) {
        try (Token token = CustodianServer.openToken(configuration(options), console.environment())) {
            new TokenMeasurement(token, Duration.ofSeconds(5)).print(console.out());
        }
        return CustodianApplication.OK;
    }

    private static KeyComponents combined(List<String> files) {
        return KeyComponents.combine(files.stream().map(Path::of).toList());
    }
}
