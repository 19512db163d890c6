package eu.diplomatics.sealing;

import eu.diplomatics.retention.Kept;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/** The command {@code audit}: holds the whole log against itself and prints what it finds. Reads only. */
public final class AuditApplication {
    private static final int FOUND = 1;
    private static final int USAGE = 64;
    private static final int UNAVAILABLE = 69;
    private static final Duration MAX_DELAY = Duration.ofMinutes(2);
    private static final String HELP = """
            usage: audit [--access-log [--kept-for DAYS]] --log-key KEY [--log-key KEY]... [--witness-key KEY]...

            Compares every header with its leaf, every leaf with the tree, the tree with every checkpoint, and
            the checkpoints with the keys and with what the keyring's provider remembers.

              --access-log        the access log instead of the event log
              --kept-for DAYS     how long its rows have to be there, 365 when left out
              --log-key KEY       the log's verifier key, from elsewhere than from the log's host; each of them
                                  where it was replaced
              --witness-key KEY   a witness's verifier key; may be given several times

            Environment: DIPLOMATICS_EVENTSTORE_URL, DIPLOMATICS_EVENTSTORE_READER_USERNAME and _PASSWORD,
            DIPLOMATICS_KEYRING_URL, DIPLOMATICS_KEYRING_APP_USERNAME and _PASSWORD; for the access log
            DIPLOMATICS_ACCESSLOG_URL, DIPLOMATICS_ACCESSLOG_READER_USERNAME and _PASSWORD instead of the first.

            One line for each finding, with the position. Exits with 0 when there is none, 1 when there is one,
            64 when an option is wrong, 69 when a database does not answer.
            """;

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    /** @param environment where the databases are and how to log in, by the names that {@code --help} lists */
    public AuditApplication(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = Map.copyOf(environment);
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new AuditApplication(System.getenv(), System.out, System.err).run(List.of(args)));
    }

    /** Runs the command and returns its exit code. */
    public int run(List<String> args) {
        if (args.contains("--help") || args.contains("-h")) {
            out.print(HELP);
            return 0;
        }
        try {
            return audit(args);
        } catch (IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + "\nHINT: audit --help");
            return USAGE;
        } catch (NoteException e) {
            err.println("error: no verifier key: " + e.reason() + "\nHINT: it looks like name+1234abcd+base64");
            return USAGE;
        } catch (SQLException e) {
            err.println("error: a database does not answer (SQLSTATE " + e.getSQLState()
                    + ")\nHINT: check the addresses and logins in the environment");
            return UNAVAILABLE;
        }
    }

    private int audit(List<String> args) throws SQLException {
        List<VerifierKey> logKeys = new ArrayList<>();
        List<VerifierKey> witnesses = new ArrayList<>();
        boolean accessLog = false;
        Duration keptFor = Kept.ACCESS_LOG.shortest();
        for (int i = 0; i < args.size(); i += 2) {
            if (args.get(i).equals("--access-log")) {
                accessLog = true;
                i--;
                continue;
            }
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(args.get(i) + " takes a value");
            }
            switch (args.get(i)) {
                case "--log-key" -> logKeys.add(VerifierKey.parse(args.get(i + 1)));
                case "--kept-for" -> keptFor = days(args.get(i + 1));
                case "--witness-key" -> witnesses.add(VerifierKey.parse(args.get(i + 1)));
                default -> throw new IllegalArgumentException("unknown option " + args.get(i));
            }
        }
        if (logKeys.isEmpty()) {
            throw new IllegalArgumentException("--log-key is missing");
        }
        LogAudit.Report report = new LogAudit(
                        accessLog ? source("ACCESSLOG", "ACCESSLOG_READER") : source("EVENTSTORE", "EVENTSTORE_READER"),
                        accessLog ? new AccessLeaves(keptFor, InstantSource.system()) : new EventLeaves(),
                        Optional.of(new SealMemory(source("KEYRING", "KEYRING_APP"))),
                        logKeys,
                        witnesses,
                        InstantSource.system(),
                        MAX_DELAY)
                .run();
        report.findings().forEach(out::println);
        if (!report.complete()) {
            out.println("... and more");
        }
        out.println(report.leaves() + " positions and " + report.checkpoints() + " checkpoints compared");
        out.println(
                report.findings().isEmpty()
                        ? "RESULT: OK"
                        : "RESULT: " + report.findings().size() + " FINDINGS");
        return report.findings().isEmpty() ? 0 : FOUND;
    }

    private static Duration days(String text) {
        try {
            return Kept.ACCESS_LOG.period(Duration.ofDays(Integer.parseInt(text)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kept-for is a number of days, 365 at least", e);
        }
    }

    private PGSimpleDataSource source(String database, String login) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(required("DIPLOMATICS_" + database + "_URL"));
        source.setUser(required("DIPLOMATICS_" + login + "_USERNAME"));
        source.setPassword(required("DIPLOMATICS_" + login + "_PASSWORD"));
        return source;
    }

    private String required(String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
