package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationKeys;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.Signed;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.Turn;
import eu.diplomatics.backup.source.ReferenceKeys;
import eu.diplomatics.backup.source.Snapshot;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.backup.source.SourceMarks;
import eu.diplomatics.backup.source.SourceTable;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Adds to the newest generation what came since: the log first and the keyring last, so that every key that the log needs
 * is in it. What is not signed yet does not count, and is removed by the next one.
 */
public final class FollowGeneration {
    private static final String TURN = "diplomatics.backup.tail";
    private static final Pattern ENDED = Pattern.compile("eventstore\\.checkpoint_of_[0-9]+");

    private final TailStore store;
    private final Map<SourceDatabase, DataSource> sources;
    private final Custodian custodian;
    private final InstantSource clock;
    private final Settings settings;
    private final Steps steps;

    /**
     * @param segmentBytes after how many bytes, before compression, the next segment begins
     * @param madeBy the version of this program
     */
    public record Settings(long segmentBytes, String madeBy) {}

    /** Where it is. */
    public enum Step {
        ALONE,
        CLEARED,
        SNAPSHOT_TAKEN,
        SEGMENT_PUT,
        DATA_COPIED,
        KEYS_COPIED,
        MANIFEST_PUT
    }

    /** Told each step; a test stops there. */
    @FunctionalInterface
    interface Steps {
        void reached(Step step);
    }

    public FollowGeneration(
            TailStore store,
            Map<SourceDatabase, DataSource> sources,
            Custodian custodian,
            InstantSource clock,
            Settings settings) {
        this(store, sources, custodian, clock, settings, step -> {});
    }

    FollowGeneration(
            TailStore store,
            Map<SourceDatabase, DataSource> sources,
            Custodian custodian,
            InstantSource clock,
            Settings settings,
            Steps steps) {
        this.store = store;
        this.sources = new EnumMap<>(sources);
        this.custodian = custodian;
        this.clock = clock;
        this.settings = settings;
        this.steps = steps;
    }

    /**
     * Makes and signs a tail.
     *
     * @throws BackupException when something stands in the way, with a code
     * @throws eu.diplomatics.keyring.KeysUnavailableException when the custodian does not answer
     */
    public TailManifest follow() throws IOException, SQLException {
        try (Turn turn = Turn.take(source(SourceDatabase.EVENTSTORE), TURN)) {
            steps.reached(Step.ALONE);
            GenerationId id = newest();
            Signed generation = store.generations()
                    .manifest(id)
                    .orElseThrow(() -> noGeneration("generation " + id + " has no manifest that is believed"));
            TailState before =
                    TailState.of(id, generation.manifest(), generation.text().hash(), store.newest(id));
            clear(id, before.number() + 1);
            steps.reached(Step.CLEARED);
            turn.hold("tail");
            Map<Part, SecretBytes> keys = new EnumMap<>(Part.class);
            try {
                for (Part part : Part.values()) {
                    String wrapped = generation.manifest().keys().getOrDefault(part.partName(), "");
                    keys.put(part, GenerationKeys.unwrap(custodian, id, part.partName(), wrapped));
                }
                return write(before, keys);
            } finally {
                keys.values().forEach(SecretBytes::close);
            }
        }
    }

    private GenerationId newest() throws IOException {
        return store.generations().list().stream()
                .filter(stored -> stored.state() == State.VERIFIED)
                .map(Stored::id)
                .reduce((one, other) -> other)
                .orElseThrow(() -> noGeneration("there is no generation yet"));
    }

    private static BackupException noGeneration(String message) {
        return new BackupException(BackupException.Code.NO_GENERATION, message);
    }

    private void clear(GenerationId id, int number) throws IOException {
        store.clear(id, number);
        try (Stream<Path> left = Files.list(store.place().spool())) {
            for (Path file : left.toList()) {
                if (file.getFileName().toString().startsWith(GenerationStore.TAIL_SPOOL)) {
                    Files.delete(file);
                }
            }
        }
    }

    private TailManifest write(TailState before, Map<Part, SecretBytes> keys) throws IOException, SQLException {
        ReferenceKeys referenceKeys = new ReferenceKeys();
        List<TailManifest.Source> copied = new ArrayList<>();
        Instant takenAt = Instant.EPOCH;
        LogEnd log = new LogEnd(before.log());
        for (SourceDatabase database : SourceDatabase.values()) {
            if (database.part() == Part.KEYS) {
                steps.reached(Step.DATA_COPIED);
            }
            SecretBytes key = keys.get(database.part());
            if (key == null) {
                throw new IllegalStateException("no key of part " + database.part());
            }
            TailManifest.Source source = source(database, before, key, log, referenceKeys);
            takenAt = database == SourceDatabase.EVENTSTORE ? source.snapshotAt() : takenAt;
            copied.add(source);
        }
        steps.reached(Step.KEYS_COPIED);
        TailManifest manifest = new TailManifest(
                TailManifest.TYPE,
                before.id().toString(),
                before.number() + 1,
                before.hash(),
                takenAt,
                now(),
                settings.madeBy(),
                log.end(),
                copied);
        store.write(manifest);
        steps.reached(Step.MANIFEST_PUT);
        return manifest;
    }

    private TailManifest.Source source(
            SourceDatabase database, TailState before, SecretBytes key, LogEnd log, ReferenceKeys referenceKeys)
            throws IOException, SQLException {
        try (Snapshot snapshot = Snapshot.take(database, source(database))) {
            Instant takenAt = now();
            steps.reached(Step.SNAPSHOT_TAKEN);
            if (database == SourceDatabase.EVENTSTORE) {
                referenceKeys.log(snapshot);
            } else if (database == SourceDatabase.KEYRING
                    && referenceKeys.wereReplaced(snapshot, source(SourceDatabase.EVENTSTORE))) {
                throw new BackupException(
                        BackupException.Code.NOT_VERIFIED,
                        "the reference key was replaced meanwhile: the next tail has it");
            }
            SourceMarks now = snapshot.marks();
            if (!now.cluster().equals(before.marks(database.databaseName()).cluster())) {
                throw noGeneration("the newest generation is not one of this server for " + database.databaseName());
            }
            if (!ended(now).equals(ended(before.marks(database.databaseName())))) {
                // positions that were lost are filled: what a tail has of them is not what stands there now
                throw noGeneration("the log began another incarnation since the newest generation");
            }
            Map<String, String> migrations = new TreeMap<>();
            for (String schema : snapshot.schemas()) {
                migrations.put(schema, snapshot.migration(schema));
            }
            if (!migrations.equals(before.migrations().get(database.databaseName()))) {
                throw noGeneration("tables of " + database.databaseName() + " are others since the newest generation");
            }
            List<TailManifest.Table> tables = new ArrayList<>();
            for (SourceTable table : snapshot.tables()) {
                TailTable copy = new TailTable(
                        store,
                        before,
                        snapshot,
                        table,
                        key,
                        settings.segmentBytes(),
                        (ordinal, segment) -> steps.reached(Step.SEGMENT_PUT));
                tables.add(copy.write(now, log));
            }
            return new TailManifest.Source(
                    database.databaseName(),
                    database.part().partName(),
                    takenAt,
                    migrations,
                    snapshot.sequences(),
                    now,
                    tables);
        }
    }

    /** Tables of the trees of incarnations that have ended. */
    private static Set<String> ended(SourceMarks marks) {
        return marks.files().keySet().stream()
                .filter(name -> ENDED.matcher(name).matches())
                .collect(Collectors.toSet());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private DataSource source(SourceDatabase database) {
        return Optional.ofNullable(sources.get(database))
                .orElseThrow(() -> new IllegalArgumentException("no login for " + database.databaseName()));
    }

    /** Where the log ends, as its rows pass. */
    static final class LogEnd {
        private TailManifest.Log end;

        LogEnd(TailManifest.Log before) {
            this.end = before;
        }

        void at(long position, Instant recordedAt) {
            end = new TailManifest.Log(position, recordedAt);
        }

        TailManifest.Log end() {
            return end;
        }
    }
}
