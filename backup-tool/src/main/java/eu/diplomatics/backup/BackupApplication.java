package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.CreateGeneration;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationIndex;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.UntrustedException;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.place.PlaceException;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The command line. Exit status 0 only when all is well; an error is one line, then {@code HINT:} with the next step. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        version = "diplomatics backup-tool 0.1.0",
        description = "Three daily generations of backup, each signed, sealed and verified.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = CommandLine.HelpCommand.class,
        footer = {
            "",
            "Exit status: 0 all is well, 1 something is not as it has to be, 2 wrong command line,",
            "3 wrong configuration, 69 something does not answer, 75 another backup runs.",
            "",
            "The configuration is a JSON file:",
            "  {\"place\": {\"kind\": \"local\", \"directory\": DIR},",
            "   \"databases\": {\"eventstore\": {\"url\": JDBC, \"username\": ROLE, \"passwordFile\": FILE},",
            "                 \"accesslog\": …, \"registry\": …, \"keyring\": …},",
            "   \"custodian\": {\"endpoints\": [URL], \"sites\": N, \"keyStore\": FILE, \"trustStore\": FILE,",
            "                 \"passwordFile\": FILE},",
            "   \"manifestKey\": PEM-FILE, \"manifestKeys\": [BASE64], \"segmentMegabytes\": 32}"
        })
public final class BackupApplication {
    private static final int FOUND = 1;
    private static final int USAGE = 2;
    private static final int CONFIGURATION = 3;
    private static final int UNAVAILABLE = 69;
    private static final int BUSY = 75;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final double MEGABYTE = 1 << 20;

    private final InstantSource clock;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description = "where it is told what to back up, and where to")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private BackupApplication(InstantSource clock) {
        this.clock = clock;
    }

    public static void main(String[] args) {
        System.exit(commandLine(InstantSource.system()).execute(args));
    }

    static CommandLine commandLine(InstantSource clock) {
        return new CommandLine(new BackupApplication(clock))
                .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line.getErr()))
                .setParameterExceptionHandler((failure, args) -> {
                    failure.getCommandLine().getErr().println("error: " + message(failure));
                    failure.getCommandLine().getErr().println("HINT: backup --help");
                    return USAGE;
                });
    }

    private static int explain(Exception failure, PrintWriter err) {
        return switch (failure) {
            case ConfigurationException e -> say(err, message(e), e.hint(), CONFIGURATION);
            case BackupException e ->
                switch (e.code()) {
                    case ANOTHER_RUNS -> say(err, message(e), "wait for it to end", BUSY);
                    case CLOCK_BEHIND -> say(err, message(e), "set this machine's clock; nothing was changed", FOUND);
                    case NOT_VERIFIED ->
                        say(
                                err,
                                "what was written is not as it has to be: " + message(e),
                                "the generations before it stay; look at the disk, then try again",
                                FOUND);
                };
            case UntrustedException e ->
                say(err, message(e), "somebody changed it, or manifestKeys lacks the key that signed", FOUND);
            case PlaceException e -> say(err, message(e), "the place cannot be used as it is", FOUND);
            case KeysUnavailableException e ->
                say(err, "the custodian: " + message(e), "see the runbook custodian-down", UNAVAILABLE);
            case SQLException e ->
                say(
                        err,
                        "a database does not answer (SQLSTATE " + e.getSQLState() + ")",
                        "check addresses and logins; nothing was changed",
                        UNAVAILABLE);
            case IOException e ->
                say(
                        err,
                        "cannot read or write: " + e.getClass().getSimpleName() + " " + message(e),
                        "the generations that count are as they were; make room, or repair the disk, and try again",
                        UNAVAILABLE);
            default -> throw new IllegalStateException(failure);
        };
    }

    private static String message(Exception failure) {
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private static int say(PrintWriter err, String message, String hint, int status) {
        err.println("error: " + message);
        err.println("HINT: " + hint);
        return status;
    }

    private BackupConfiguration configuration() {
        if (config == null) {
            throw new ParameterException(spec.commandLine(), "--config FILE is missing");
        }
        return BackupConfiguration.read(config);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(name = "create", description = "makes, verifies and names the generation of today (UTC)")
    int create() throws IOException, SQLException {
        BackupConfiguration configuration = configuration();
        Instant begun = clock.instant();
        try (HttpsCustodian custodian = configuration.openCustodian()) {
            Manifest made = new CreateGeneration(
                            configuration.store(),
                            configuration.sources(),
                            custodian,
                            clock,
                            new CreateGeneration.Settings(configuration.segmentBytes(), "backup-tool 0.1.0"),
                            (table, rows, bytes) -> out().printf(
                                            Locale.ROOT,
                                            "  %-34s %,12d rows %,10.1f MB%n",
                                            table,
                                            rows,
                                            bytes / MEGABYTE))
                    .create();
            Duration took = Duration.between(begun, clock.instant());
            out().printf(
                            Locale.ROOT,
                            "generation %s: %,d events, %,.1f MB, verified, in %d s%n",
                            made.id(),
                            made.log().position(),
                            made.bytes() / MEGABYTE,
                            took.toSeconds());
            return 0;
        }
    }

    /** A generation as whoever reads {@code list --json} relies on it. */
    record Line(String day, String path, String state, long events, long bytes, Map<String, Long> keyVersions) {
        static final String BROKEN = name(State.BROKEN);

        static Line of(Stored stored) {
            return new Line(
                    stored.id().day().toString(),
                    GenerationStore.path(stored.id()),
                    name(stored.state()),
                    stored.manifest().map(manifest -> manifest.log().position()).orElse(0L),
                    stored.bytes(),
                    stored.manifest().map(Manifest::keyVersions).orElse(Map.of()));
        }

        private static String name(State state) {
            return state.name().toLowerCase(Locale.ROOT);
        }
    }

    @Command(name = "list", description = "the generations, the oldest first; status 0 when those that count are whole")
    int list(@Option(names = "--json", description = "as JSON") boolean json) throws IOException {
        List<Line> lines = configuration().store().list().stream().map(Line::of).toList();
        if (json) {
            out().println(JSON.writeValueAsString(lines));
        } else {
            out().printf("%-12s %-10s %14s %12s  %s%n", "DAY", "STATE", "EVENTS", "MB", "PATH");
            for (Line line : lines) {
                out().printf(
                                Locale.ROOT,
                                "%-12s %-10s %,14d %,12.1f  %s%n",
                                line.day(),
                                line.state(),
                                line.events(),
                                line.bytes() / MEGABYTE,
                                line.path());
            }
        }
        boolean broken = lines.stream().anyMatch(line -> line.state().equals(Line.BROKEN));
        return broken ? FOUND : 0;
    }

    @Command(name = "verify", description = "reads every byte of the generations that count, or of one")
    int verify(
            @Option(names = "--keyless", description = "without the custodian: bytes and signatures only")
                    boolean keyless,
            @Parameters(arity = "0..1", paramLabel = "DAY", description = "such as 2026-11-22; all when left out")
                    Optional<String> day)
            throws IOException {
        BackupConfiguration configuration = configuration();
        GenerationStore store = configuration.store();
        VerifyGeneration verify = new VerifyGeneration(store);
        List<GenerationId> wanted = store.list().stream()
                .filter(stored -> stored.state() == State.VERIFIED || stored.state() == State.BROKEN)
                .map(Stored::id)
                .filter(id -> day.isEmpty() || id.day().toString().equals(day.get()))
                .toList();
        if (wanted.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    day.map(each -> "no generation of " + each).orElse("there is no generation yet"));
        }
        boolean good = true;
        for (GenerationId id : wanted) {
            VerifyGeneration.Report report;
            if (keyless) {
                report = verify.verify(id);
            } else {
                try (HttpsCustodian custodian = configuration.openCustodian()) {
                    report = verify.verify(id, custodian);
                }
            }
            report.findings().forEach(finding -> out().println(id + " " + finding));
            out().printf(
                            Locale.ROOT,
                            "%s: %s, %,d segments, %,.1f MB%s%n",
                            id,
                            report.findings().isEmpty()
                                    ? "OK"
                                    : report.findings().size() + " FINDINGS",
                            report.segments(),
                            report.bytes() / MEGABYTE,
                            keyless ? ", without keys" : "");
            good &= report.findings().isEmpty();
        }
        return good ? 0 : FOUND;
    }

    @Command(name = "status", description = "how old the newest generation is; status 0 when it is not too old")
    int status(@Option(names = "--json", description = "as JSON") boolean json) throws IOException {
        Optional<GenerationIndex> index = configuration().store().index();
        Optional<Duration> age = index.flatMap(GenerationIndex::newest)
                .map(entry -> Duration.between(entry.verifiedAt(), clock.instant()));
        Freshness freshness = Freshness.of(age);
        int count = index.map(GenerationIndex::generations).orElse(List.of()).size();
        if (json) {
            Map<String, Object> line = new TreeMap<>();
            line.put("state", freshness.name());
            line.put("generations", count);
            age.ifPresent(known -> line.put("ageSeconds", known.toSeconds()));
            out().println(JSON.writeValueAsString(line));
        } else {
            out().printf(
                            "%s: %d generation(s)%s%n",
                            freshness,
                            count,
                            age.map(known -> ", the newest verified " + known.toHours() + " h ago")
                                    .orElse(""));
        }
        return freshness == Freshness.FRESH ? 0 : FOUND;
    }
}
