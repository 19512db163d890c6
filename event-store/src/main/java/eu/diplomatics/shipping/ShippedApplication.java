package eu.diplomatics.shipping;

import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import eu.diplomatics.witness.WitnessException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/** The controller's command for its own copy of the access log. */
public final class ShippedApplication {
    private static final int FOUND = 1;
    private static final int USAGE = 64;
    private static final int UNAVAILABLE = 69;
    /** As many as an audit of the registry gives a sealer, and a quarter of an hour that shipping may be late. */
    private static final Duration MAX_DELAY = Duration.ofMinutes(17);

    private static final String HELP = """
            usage: shipped migrate
                   shipped dump --to DIR
                   shipped audit [--dump DIR] [--witness DIR] [--log-key KEY]... [--witness-key KEY]...
                                 [--checkpoint FILE]...

            The controller's own copy of the access log (docs/access-log.md).

              migrate   makes the tables, or brings them up to date; again with each new version
              dump      writes the copy into files of an empty folder, to be audited elsewhere
              audit     compares every row with its leaf, the leaves with every checkpoint, and these with the keys.
                        Says what is changed, missing, double or out of order

              --dump DIR          the files of a dump instead of the database: offline
              --witness DIR       the witness's folder: gives all that follows
              --log-key KEY       the access log's verifier key, from elsewhere than from the registry's host; each of
                                  them where it was replaced
              --witness-key KEY   a witness's verifier key; may be given several times
              --checkpoint FILE   a checkpoint from elsewhere, as the witness keeps it: shows that the end was cut

            Environment: DIPLOMATICS_CONTROLLER_URL; for migrate DIPLOMATICS_CONTROLLER_MIGRATOR_USERNAME and
            _PASSWORD, for the others DIPLOMATICS_CONTROLLER_READER_USERNAME and _PASSWORD.

            One line for each finding, with the position. Exits with 0 when there is none, 1 when there is one,
            64 when an option is wrong, 69 when database or file cannot be read.
            """;

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    /** @param environment where the database is and how to log in, by the names that {@code --help} lists */
    public ShippedApplication(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = Map.copyOf(environment);
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new ShippedApplication(System.getenv(), System.out, System.err).run(List.of(args)));
    }

    /** Runs the command and returns its exit code. */
    public int run(List<String> args) {
        if (args.isEmpty() || args.contains("--help") || args.contains("-h")) {
            (args.isEmpty() ? err : out).print(HELP);
            return args.isEmpty() ? USAGE : 0;
        }
        try {
            Options options = Options.of(args);
            return switch (args.getFirst()) {
                case "migrate" -> migrate();
                case "dump" -> dump(options);
                case "audit" -> audit(options);
                default -> throw new IllegalArgumentException("unknown command " + args.getFirst());
            };
        } catch (IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + "\nHINT: shipped --help");
            return USAGE;
        } catch (NoteException e) {
            err.println("error: no verifier key: " + e.reason() + "\nHINT: it looks like name+1234abcd+base64");
            return USAGE;
        } catch (WitnessException e) {
            err.println("error: " + e.getMessage());
            return UNAVAILABLE;
        } catch (SQLException e) {
            err.println("error: the database does not answer (SQLSTATE " + e.getSQLState()
                    + ")\nHINT: check address and login in the environment");
            return UNAVAILABLE;
        } catch (FlywayException e) {
            err.println("error: the database cannot be brought up to date: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                    + "\nHINT: check address and login in the environment, and that the roles are there");
            return UNAVAILABLE;
        } catch (IOException e) {
            err.println("error: a file cannot be read or written: " + e.getMessage()
                    + "\nHINT: dump writes into a folder that is there and has no dump yet");
            return UNAVAILABLE;
        }
    }

    private record Options(
            List<VerifierKey> logKeys,
            List<VerifierKey> witnesses,
            List<byte[]> seen,
            Optional<Path> dump,
            Optional<Path> to) {
        static Options of(List<String> args) throws IOException {
            List<VerifierKey> logKeys = new ArrayList<>();
            List<VerifierKey> witnesses = new ArrayList<>();
            List<byte[]> seen = new ArrayList<>();
            Optional<Path> dump = Optional.empty();
            Optional<Path> to = Optional.empty();
            for (int i = 1; i < args.size(); i += 2) {
                if (i + 1 == args.size()) {
                    throw new IllegalArgumentException(args.get(i) + " takes a value");
                }
                String value = args.get(i + 1);
                switch (args.get(i)) {
                    case "--log-key" -> logKeys.add(VerifierKey.parse(value));
                    case "--witness-key" -> witnesses.add(VerifierKey.parse(value));
                    case "--checkpoint" -> seen.add(Files.readAllBytes(Path.of(value)));
                    case "--witness" -> {
                        WitnessDirectory witness = new WitnessDirectory(Path.of(value));
                        witnesses.add(witness.key());
                        for (VerifierKey key : witness.watched()) {
                            if (key.name().contains("/access/")) {
                                logKeys.add(key);
                                witness.lastSigned(key.name()).ifPresent(seen::add);
                            }
                        }
                    }
                    case "--dump" -> dump = Optional.of(Path.of(value));
                    case "--to" -> to = Optional.of(Path.of(value));
                    default -> throw new IllegalArgumentException("unknown option " + args.get(i));
                }
            }
            return new Options(logKeys, witnesses, seen, dump, to);
        }
    }

    private int migrate() {
        ControllerSchema.migrate(
                required("DIPLOMATICS_CONTROLLER_URL"),
                required("DIPLOMATICS_CONTROLLER_MIGRATOR_USERNAME"),
                required("DIPLOMATICS_CONTROLLER_MIGRATOR_PASSWORD"));
        out.println("the controller's database is up to date");
        return 0;
    }

    private int dump(Options options) throws SQLException, IOException {
        Path folder = options.to().orElseThrow(() -> new IllegalArgumentException("--to is missing"));
        try (Connection connection = reader()) {
            ShippedCopy.write(connection, folder);
        }
        out.println("the copy was written into " + folder);
        return 0;
    }

    private int audit(Options options) throws SQLException, IOException {
        if (options.logKeys().isEmpty()) {
            throw new IllegalArgumentException("--log-key or --witness is missing");
        }
        ShippedAudit audit = new ShippedAudit(
                options.logKeys(), options.witnesses(), options.seen(), InstantSource.system(), MAX_DELAY);
        ShippedAudit.Report report;
        if (options.dump().isPresent()) {
            report = audit.run(ShippedCopy.in(options.dump().get()));
        } else {
            try (Connection connection = reader()) {
                report = audit.run(ShippedCopy.in(connection));
            }
        }
        return tell(report);
    }

    private int tell(ShippedAudit.Report report) {
        report.findings().forEach(out::println);
        if (!report.complete()) {
            out.println("... and more");
        }
        out.println(report.rows() + " rows and " + report.checkpoints() + " checkpoints compared");
        if (report.withoutContents() > 0) {
            out.println("rows up to position " + report.withoutContents() + " have no contents any more");
        }
        boolean well = report.findings().isEmpty();
        out.println(well ? "RESULT: OK" : "RESULT: " + report.findings().size() + " FINDINGS");
        return well ? 0 : FOUND;
    }

    private Connection reader() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(required("DIPLOMATICS_CONTROLLER_URL"));
        source.setUser(required("DIPLOMATICS_CONTROLLER_READER_USERNAME"));
        source.setPassword(required("DIPLOMATICS_CONTROLLER_READER_PASSWORD"));
        return source.getConnection();
    }

    private String required(String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
