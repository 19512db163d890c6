package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.OpenedGeneration;
import eu.diplomatics.backup.generation.UntrustedException;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailReader;
import eu.diplomatics.backup.tail.TailStore;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Puts a generation into empty databases: tables as the migrations of its version make them, first what was shredded, then
 * the keys, then the rest, the log's head last; then what is there is counted, and the tree over the log made anew. Stopped
 * wherever it is, it goes on there when it is asked again.
 */
public final class RestoreGeneration {
    private static final List<SourceDatabase> ORDER = List.of(
            SourceDatabase.KEYRING, SourceDatabase.REGISTRY, SourceDatabase.ACCESSLOG, SourceDatabase.EVENTSTORE);

    private static final String REWRITES = "keyring.rewrite";
    private static final String SIGNED =
            "SELECT coalesce(max(size), 0) FROM keyring.sealed_head WHERE log LIKE '%/events/%'";

    private final GenerationStore store;
    private final Map<SourceDatabase, DataSource> migrators;
    private final Custodian custodian;
    private final InstantSource clock;
    private final Settings settings;
    private final RestoreProgress progress;
    private final Steps steps;
    private final List<Phase> phases = new ArrayList<>();

    /**
     * @param indexedLater tables of so many rows and more get their indexes when they are loaded
     * @param withoutLaterShreddings whether to go on when newer generations do not tell what was shredded since
     * @param until tails that were taken later are left out; null for all there are
     */
    public record Settings(
            long indexedLater,
            boolean withoutLaterShreddings,
            @Nullable Instant until) {
        private static final long INDEXED_LATER = 50_000;

        public Settings(long indexedLater, boolean withoutLaterShreddings) {
            this(indexedLater, withoutLaterShreddings, null);
        }

        public static Settings defaults() {
            return new Settings(INDEXED_LATER, false);
        }
    }

    /** Where it is. */
    public enum Step {
        LEDGER_THERE,
        TABLES_THERE,
        SHREDDINGS_KNOWN,
        SEGMENT_LOADED,
        INDEXED,
        CHECKED,
        TAIL_LOADED,
        REPLAYED,
        MIGRATED,
        DATABASE_DONE
    }

    /** Told each step; a test stops there. */
    @FunctionalInterface
    interface Steps {
        void reached(Step step);
    }

    /** How long a part of it took. */
    public record Phase(String name, Duration took) {}

    /**
     * What is there now.
     *
     * @param signedUpTo to how many events the log was ever signed; when more than there are, the log lost its tail
     */
    public record Restored(GenerationId id, Manifest.LogState log, long signedUpTo, List<Phase> phases) {
        public Restored {
            phases = List.copyOf(phases);
        }
    }

    /** @param migrators who may become the owner of each database */
    public RestoreGeneration(
            GenerationStore store,
            Map<SourceDatabase, DataSource> migrators,
            Custodian custodian,
            InstantSource clock,
            Settings settings,
            RestoreProgress progress) {
        this(store, migrators, custodian, clock, settings, progress, step -> {});
    }

    RestoreGeneration(
            GenerationStore store,
            Map<SourceDatabase, DataSource> migrators,
            Custodian custodian,
            InstantSource clock,
            Settings settings,
            RestoreProgress progress,
            Steps steps) {
        this.store = store;
        this.migrators = new EnumMap<>(migrators);
        this.custodian = custodian;
        this.clock = clock;
        this.settings = settings;
        this.progress = progress;
        this.steps = steps;
    }

    /**
     * Restores it, or goes on with it.
     *
     * @throws RestoreException why it is not, with a code
     * @throws BackupException {@code DAMAGED} when a segment is missing or changed
     * @throws UntrustedException when the index does not name the generation
     * @throws eu.diplomatics.keyring.KeysUnavailableException when the custodian does not unwrap its keys
     */
    public Restored restore(GenerationId id) throws IOException {
        Map<SourceDatabase, TargetDatabase> targets = new EnumMap<>(SourceDatabase.class);
        try (OpenedGeneration generation = OpenedGeneration.open(store, id, custodian)) {
            for (SourceDatabase database : ORDER) {
                targets.put(database, TargetDatabase.open(database, migrator(database)));
            }
            return restore(generation, targets);
        } catch (SQLException e) {
            throw new RestoreException(
                    RestoreException.Code.INTERRUPTED,
                    "53100".equals(e.getSQLState())
                            ? "a database has no room left on its disk"
                            : "a database does not answer as it has to (SQLSTATE " + e.getSQLState() + ")",
                    e);
        } finally {
            targets.values().forEach(RestoreGeneration::closeQuietly);
        }
    }

    private static void closeQuietly(TargetDatabase target) {
        try {
            target.close();
        } catch (SQLException e) {
            // the connection is gone, which is what was asked for
        }
    }

    private DataSource migrator(SourceDatabase database) {
        DataSource migrator = migrators.get(database);
        if (migrator == null) {
            throw new IllegalArgumentException("no login for " + database.databaseName());
        }
        return migrator;
    }

    private Restored restore(OpenedGeneration generation, Map<SourceDatabase, TargetDatabase> targets)
            throws IOException, SQLException {
        Map<SourceDatabase, RestoredDatabase> parts = new EnumMap<>(SourceDatabase.class);
        for (Map.Entry<SourceDatabase, TargetDatabase> each : targets.entrySet()) {
            Manifest.Source source = source(generation.manifest(), each.getKey());
            Migrations migrations = new Migrations(each.getKey(), migrator(each.getKey()), source.migrations());
            parts.put(each.getKey(), new RestoredDatabase(generation, each.getValue(), source, migrations));
        }
        phase("tables", () -> makeTables(generation, parts));
        RestoredDatabase keyring = part(parts, SourceDatabase.KEYRING);
        LoadProgress load = new LoadProgress(generation.manifest(), clock, progress);
        phase("keys", () -> load(keyring, shredded(generation, keyring), load));
        phase("data", () -> {
            for (SourceDatabase database : ORDER.subList(1, ORDER.size())) {
                load(part(parts, database), Set.of(), load);
            }
        });
        phase("indexes", () -> each(parts, RestoredDatabase::index, Step.INDEXED));
        phase("check", () -> each(parts, RestoredDatabase::check, Step.CHECKED));
        Manifest.LogState log = replayed(generation, parts);
        phase("newest migrations", () -> each(parts, RestoredDatabase::migrate, Step.MIGRATED));
        long signed = Long.parseLong(keyring.target().figure(SIGNED));
        each(parts, RestoredDatabase::end, Step.DATABASE_DONE);
        return new Restored(generation.id(), log, signed, phases);
    }

    /** What came after the generation, as far as it is wanted; how far the log is then. */
    private Manifest.LogState replayed(OpenedGeneration generation, Map<SourceDatabase, RestoredDatabase> parts)
            throws SQLException, IOException {
        TailStore tailStore = new TailStore(store);
        Instant until = settings.until();
        List<TailManifest> tails = tailStore.chain(generation.id()).stream()
                .map(TailStore.SignedTail::manifest)
                .takeWhile(tail -> until == null || !tail.takenAt().isAfter(until))
                .toList();
        if (tails.isEmpty()) {
            return generation.manifest().log();
        }
        TailReader reader = new TailReader(tailStore, generation.id());
        phase(
                "tail",
                () -> each(
                        parts,
                        part -> part.replay(reader, tails, () -> steps.reached(Step.TAIL_LOADED)),
                        Step.REPLAYED));
        Manifest.LogState there =
                RestoredCheck.log(part(parts, SourceDatabase.EVENTSTORE).target());
        TailManifest.Log expected = tails.getLast().log();
        if (there.position() != expected.position() || !there.recordedAt().equals(expected.recordedAt())) {
            throw new RestoreException(
                    RestoreException.Code.NOT_AS_IT_WAS,
                    "the log ends at " + there.position() + ", the last tail says " + expected.position());
        }
        return there;
    }

    private void makeTables(OpenedGeneration generation, Map<SourceDatabase, RestoredDatabase> parts)
            throws SQLException, IOException {
        for (SourceDatabase database : ORDER) {
            part(parts, database).require();
        }
        each(parts, RestoredDatabase::begin, Step.LEDGER_THERE);
        if (parts.values().stream().allMatch(RestoredDatabase::isDone)) {
            throw new RestoreException(
                    RestoreException.Code.RESTORED_ALREADY,
                    "generation " + generation.id() + " was restored here before");
        }
        each(parts, part -> part.makeTables(settings.indexedLater()), Step.TABLES_THERE);
    }

    /** The streams whose keys are left out: known before a key is loaded. */
    private Set<UUID> shredded(OpenedGeneration generation, RestoredDatabase keyring) throws SQLException, IOException {
        if (keyring.isDone()) {
            return Set.of();
        }
        keyring.load(List.of(REWRITES, LaterShreddings.LEDGER), Set.of(), (table, segment, now) -> {});
        Optional<GenerationId> newer = newerThan(generation.id());
        if (newer.isEmpty()) {
            LaterShreddings.takeOver(keyring.target(), Optional.empty());
        } else {
            try (OpenedGeneration newest = OpenedGeneration.open(store, newer.get(), custodian)) {
                LaterShreddings.takeOver(keyring.target(), Optional.of(newest));
            } catch (BackupException | UntrustedException e) {
                if (!settings.withoutLaterShreddings()) {
                    throw new RestoreException(
                            RestoreException.Code.SHREDDINGS_UNKNOWN,
                            "what was shredded since stands in generation " + newer.get() + ", which cannot be read",
                            e);
                }
                LaterShreddings.takeOver(keyring.target(), Optional.empty());
            }
        }
        steps.reached(Step.SHREDDINGS_KNOWN);
        return LaterShreddings.streams(keyring.target());
    }

    /** The newest that counts, where it is newer. */
    private Optional<GenerationId> newerThan(GenerationId id) throws IOException {
        return store.list().stream()
                .filter(stored -> stored.state() == State.VERIFIED || stored.state() == State.BROKEN)
                .map(Stored::id)
                .filter(other -> other.compareTo(id) > 0)
                .reduce((one, other) -> other);
    }

    private void load(RestoredDatabase part, Set<UUID> shredded, LoadProgress load) throws SQLException, IOException {
        part.load(List.of(), shredded, (table, segment, now) -> {
            load.segment(table.name(), segment.bytes(), now);
            steps.reached(Step.SEGMENT_LOADED);
        });
    }

    /** What is done in a phase, or to a database. */
    @FunctionalInterface
    private interface Work {
        void run() throws SQLException, IOException;
    }

    @FunctionalInterface
    private interface ToEach {
        void run(RestoredDatabase part) throws SQLException, IOException;
    }

    private void each(Map<SourceDatabase, RestoredDatabase> parts, ToEach work, Step step)
            throws SQLException, IOException {
        for (SourceDatabase database : ORDER) {
            work.run(part(parts, database));
            steps.reached(step);
        }
    }

    private void phase(String name, Work work) throws SQLException, IOException {
        Instant begun = clock.instant();
        work.run();
        Phase phase = new Phase(name, Duration.between(begun, clock.instant()));
        phases.add(phase);
        progress.phase(phase.name(), phase.took());
    }

    private static RestoredDatabase part(Map<SourceDatabase, RestoredDatabase> parts, SourceDatabase database) {
        RestoredDatabase part = parts.get(database);
        if (part == null) {
            throw new IllegalStateException("no part " + database);
        }
        return part;
    }

    private static Manifest.Source source(Manifest manifest, SourceDatabase database) throws RestoreException {
        return manifest.sources().stream()
                .filter(source -> source.database().equals(database.databaseName()))
                .findFirst()
                .orElseThrow(() -> new RestoreException(
                        RestoreException.Code.NOT_AS_IT_WAS, "the generation has no " + database.databaseName()));
    }
}
