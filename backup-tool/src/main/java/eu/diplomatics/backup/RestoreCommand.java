package eu.diplomatics.backup;

import eu.diplomatics.backup.bundle.RestoredPlace;
import eu.diplomatics.backup.generation.EnvironmentReader;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.restore.RestoreException;
import eu.diplomatics.backup.restore.RestoreGeneration;
import eu.diplomatics.backup.restore.RestoreGeneration.Restored;
import eu.diplomatics.backup.restore.RestoreProgress;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "puts a generation into empty databases; asked again after a stop, it goes on",
        footer = {
            "",
            "FILE is JSON with who may migrate each database, which is empty:",
            "  {\"databases\": {\"eventstore\": {\"url\": JDBC, \"username\": ROLE, \"passwordFile\": FILE},",
            "                 \"accesslog\": …, \"registry\": …, \"keyring\": …}}"
        })
final class RestoreCommand implements Callable<Integer> {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Where where = new Where();

    /** One of the two. */
    static final class Where {
        @Option(names = "--target", paramLabel = "FILE", description = "into the databases that it names")
        private @Nullable Path target;

        @Option(
                names = "--into",
                paramLabel = "DIR",
                description = "into a folder, with programs, PostgreSQL and Java of the generation, and starts them")
        private @Nullable Path into;
    }

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            description = "with --into: registry.p12, query.p12, trust.p12, store-password; "
                    + "where the configuration's key store is, when left out")
    private @Nullable Path credentials;

    @Mixin
    private PlaceOption place = new PlaceOption();

    @Option(names = "--port-base", paramLabel = "N", description = "with --into: eleven ports from here (8081)")
    private int portBase = 8081;

    @Option(names = "--check", description = "with --into: asks the smoke queries and stops everything again")
    private boolean check;

    @Option(names = "--unless-restored", description = "with --target: it is no failure when that was done before")
    private boolean unlessRestored;

    @Option(
            names = "--without-later-shreddings",
            description = "also when newer generations do not tell what was shredded since")
    private boolean withoutLaterShreddings;

    @Option(
            names = "--until",
            paramLabel = "INSTANT",
            description = "with --target: without what tails hold that were taken later, such as 2026-11-23T09:41:00Z; "
                    + "with all of them when left out")
    private @Nullable Instant until;

    @Parameters(arity = "0..1", paramLabel = "DAY", description = "such as 2026-11-22; the newest when left out")
    private Optional<String> day = Optional.empty();

    @Override
    public Integer call() throws IOException {
        BackupConfiguration configuration = tool.configuration();
        GenerationStore store = place.store(configuration);
        GenerationId id = wanted(store);
        PrintWriter out = tool.out();
        out.println("generation " + id);
        out.flush();
        Path into = where.into;
        if (into != null) {
            Path certificates = credentials == null ? configuration.credentials() : credentials;
            return new RestoredPlace(into)
                    .restore(
                            new EnvironmentReader(store, id),
                            tool.config(),
                            certificates,
                            new RestoredPlace.Start(id.day().toString(), place.name(), portBase, check),
                            line -> {
                                out.println("  " + line);
                                out.flush();
                            });
        }
        return load(configuration, id, Objects.requireNonNull(where.target));
    }

    private int load(BackupConfiguration configuration, GenerationId id, Path target) throws IOException {
        PrintWriter out = tool.out();
        Instant begun = tool.clock().instant();
        RestoreGeneration.Settings defaults = RestoreGeneration.Settings.defaults();
        GenerationStore store = place.store(configuration);
        try (HttpsCustodian custodian = configuration.openCustodian()) {
            Restored restored = new RestoreGeneration(
                            store,
                            BackupConfiguration.Target.read(target).migrators(),
                            custodian,
                            tool.clock(),
                            new RestoreGeneration.Settings(defaults.indexedLater(), withoutLaterShreddings, until),
                            new Told(out, tool.clock()))
                    .restore(id);
            tell(out, restored);
            ended(configuration, store, restored, begun);
        } catch (RestoreException e) {
            if (!unlessRestored || e.code() != RestoreException.Code.RESTORED_ALREADY) {
                throw e;
            }
            out.println(e.getMessage());
        }
        return 0;
    }

    private void ended(BackupConfiguration configuration, GenerationStore store, Restored restored, Instant begun)
            throws IOException {
        if (place.name().equals(BackupConfiguration.FIRST)) {
            long bytes = store.manifest(restored.id())
                    .map(each -> each.manifest().bytes())
                    .orElse(0L);
            Watched.ended(
                    tool,
                    configuration,
                    Run.RESTORE,
                    restored.id().toString(),
                    begun,
                    tool.clock().instant(),
                    bytes,
                    restored.log().position());
        }
    }

    private GenerationId wanted(GenerationStore store) throws IOException {
        List<Stored> named = store.list().stream()
                .filter(stored -> stored.state() == State.VERIFIED || stored.state() == State.BROKEN)
                .filter(stored -> day.isEmpty() || stored.id().day().toString().equals(day.get()))
                .toList();
        if (named.isEmpty()) {
            throw new ParameterException(
                    tool.commandLine(),
                    day.map(each -> "no generation of " + each).orElse("there is no generation yet"));
        }
        return named.getLast().id();
    }

    private static void tell(PrintWriter out, Restored restored) {
        Duration all =
                restored.phases().stream().map(RestoreGeneration.Phase::took).reduce(Duration.ZERO, Duration::plus);
        out.printf(
                Locale.ROOT,
                "restored generation %s: %,d events until %s, their tree as signed, in %.1f s%n",
                restored.id(),
                restored.log().position(),
                restored.log().recordedAt(),
                seconds(all));
        if (restored.signedUpTo() > restored.log().position()) {
            out.printf(
                    Locale.ROOT,
                    "the log was signed up to %,d events: what came after is lost: see the runbook verify-the-log%n",
                    restored.signedUpTo());
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** A line a phase; while it loads, one every few seconds. */
    private static final class Told implements RestoreProgress {
        private static final Duration BETWEEN = Duration.ofSeconds(5);
        private final PrintWriter out;
        private final InstantSource clock;
        /** Of the last line; null until the first segment, whose rate says nothing yet. */
        private @Nullable Instant last;

        Told(PrintWriter out, InstantSource clock) {
            this.out = out;
            this.clock = clock;
        }

        @Override
        public void phase(String name, Duration took) {
            out.printf(Locale.ROOT, "  %-20s %8.1f s%n", name, seconds(took));
            out.flush();
        }

        @Override
        public void loaded(String table, long loadedBytes, long allBytes, long bytesPerSecond, Duration left) {
            Instant now = clock.instant();
            if (last == null) {
                last = now;
            } else if (Duration.between(last, now).compareTo(BETWEEN) >= 0) {
                last = now;
                out.printf(
                        Locale.ROOT,
                        "  %-34s %,10.1f of %,.1f MB, %,.1f MB/s, about %d s left%n",
                        table,
                        BackupApplication.megabytes(loadedBytes),
                        BackupApplication.megabytes(allBytes),
                        BackupApplication.megabytes(bytesPerSecond),
                        left.toSeconds());
                out.flush();
            }
        }
    }
}
