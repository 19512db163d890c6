package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.source.Snapshot;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.backup.source.SourceTable;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Makes the generation of today: data from one snapshot each, the log first and the keyring last, so that every key that
 * the log needs is in it; verified before the index names it. Whatever stops it, the generations that the index names stay
 * as they are, and what it left is removed at the next start.
 */
public final class CreateGeneration {
    private final GenerationStore store;
    private final Map<SourceDatabase, DataSource> sources;
    private final Custodian custodian;
    private final InstantSource clock;
    private final Settings settings;
    private final Progress progress;
    private final Steps steps;

    /**
     * @param segmentBytes after how many bytes, before compression, the next segment begins
     * @param madeBy the version of this program
     */
    public record Settings(long segmentBytes, String madeBy) {}

    /** Where it is. */
    public enum Step {
        ALONE,
        PURGED,
        SNAPSHOT_TAKEN,
        SEGMENT_PUT,
        DATA_COPIED,
        KEYS_COPIED,
        MANIFEST_PUT,
        VERIFIED,
        PROMOTED,
        OLDEST_GONE
    }

    /** Told each step; a test stops there. */
    @FunctionalInterface
    interface Steps {
        void reached(Step step);
    }

    /** Told what was copied, now and then. */
    @FunctionalInterface
    public interface Progress {
        /** So many rows of a table so far, and so many bytes of them in segments. */
        void copied(String table, long rows, long bytes);
    }

    public CreateGeneration(
            GenerationStore store,
            Map<SourceDatabase, DataSource> sources,
            Custodian custodian,
            InstantSource clock,
            Settings settings,
            Progress progress) {
        this(store, sources, custodian, clock, settings, progress, step -> {});
    }

    CreateGeneration(
            GenerationStore store,
            Map<SourceDatabase, DataSource> sources,
            Custodian custodian,
            InstantSource clock,
            Settings settings,
            Progress progress,
            Steps steps) {
        this.store = store;
        this.sources = new EnumMap<>(sources);
        this.custodian = custodian;
        this.clock = clock;
        this.settings = settings;
        this.progress = progress;
        this.steps = steps;
    }

    /**
     * Makes, verifies and names a generation.
     *
     * @throws BackupException when something stands in the way, with a code
     * @throws eu.diplomatics.keyring.KeysUnavailableException when the custodian does not answer
     */
    public Manifest create() throws IOException, SQLException {
        try (Turn turn = Turn.take(source(SourceDatabase.EVENTSTORE))) {
            steps.reached(Step.ALONE);
            Instant now = now();
            checkClock(now);
            purge();
            steps.reached(Step.PURGED);
            GenerationId id = next(LocalDate.ofInstant(now, ZoneOffset.UTC));
            turn.hold(id);
            return create(id, now, turn);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A clock that was set back would make a generation older than those there are, and the wrong one would go. */
    private void checkClock(Instant now) throws IOException {
        Optional<GenerationIndex> index = store.index();
        if (index.isPresent() && index.get().issuedAt().isAfter(now)) {
            throw new BackupException(BackupException.Code.CLOCK_BEHIND, "the index was issued later than now");
        }
    }

    /** What the index does not name is of no use, and what nobody names any more has to go. */
    private void purge() throws IOException {
        for (Stored stored : store.list()) {
            if (stored.state() == State.STAGED || stored.state() == State.EXPIRING) {
                store.remove(stored.id());
            }
        }
        try (Stream<Path> left = Files.list(store.place().spool())) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
    }

    private GenerationId next(LocalDate day) throws IOException {
        int attempts = store.list().stream()
                .filter(stored -> stored.id().day().equals(day))
                .mapToInt(stored -> stored.id().attempt())
                .max()
                .orElse(0);
        return new GenerationId(day, attempts + 1);
    }

    private Manifest create(GenerationId id, Instant begunAt, Turn turn) throws IOException, SQLException {
        Map<Part, SecretBytes> keys = new EnumMap<>(Part.class);
        try {
            Map<String, String> wrapped = new TreeMap<>();
            for (Part part : Part.values()) {
                keys.put(part, GenerationKeys.random());
                wrapped.put(part.partName(), GenerationKeys.wrap(custodian, id, part.partName(), keys.get(part)));
            }
            Copy copy = new Copy(id, keys, turn);
            List<Manifest.Source> copied = new ArrayList<>();
            for (SourceDatabase database : SourceDatabase.values()) {
                if (database.part() == Part.KEYS) {
                    steps.reached(Step.DATA_COPIED);
                }
                copied.add(copy.source(database));
            }
            steps.reached(Step.KEYS_COPIED);
            Manifest manifest = new Manifest(
                    Manifest.TYPE,
                    id.toString(),
                    begunAt,
                    now(),
                    settings.madeBy(),
                    copy.server,
                    copy.log,
                    wrapped,
                    GenerationKeys.epochKeys(wrapped.values()),
                    copy.keyVersions,
                    copied);
            store.writeManifest(manifest);
            steps.reached(Step.MANIFEST_PUT);
            VerifyGeneration.Report report = new VerifyGeneration(store).verify(id, keys);
            if (!report.findings().isEmpty()) {
                throw new BackupException(
                        BackupException.Code.NOT_VERIFIED,
                        report.findings().getFirst().toString());
            }
            steps.reached(Step.VERIFIED);
            store.promote(id, now());
            steps.reached(Step.PROMOTED);
            purge();
            steps.reached(Step.OLDEST_GONE);
            return manifest;
        } finally {
            keys.values().forEach(SecretBytes::close);
        }
    }

    private DataSource source(SourceDatabase database) {
        DataSource source = sources.get(database);
        if (source == null) {
            throw new IllegalArgumentException("no login for " + database.databaseName());
        }
        return source;
    }

    /** What is gathered on the way. */
    private final class Copy {
        private final GenerationId id;
        private final Map<Part, SecretBytes> keys;
        private final Turn turn;
        private final Map<String, Long> keyVersions = new TreeMap<>();
        private Manifest.LogState log = new Manifest.LogState(0, Instant.EPOCH, "");
        private String server = "";

        Copy(GenerationId id, Map<Part, SecretBytes> keys, Turn turn) {
            this.id = id;
            this.keys = keys;
            this.turn = turn;
        }

        Manifest.Source source(SourceDatabase database) throws IOException, SQLException {
            try (Snapshot snapshot = Snapshot.take(database, CreateGeneration.this.source(database))) {
                Instant takenAt = now();
                steps.reached(Step.SNAPSHOT_TAKEN);
                Map<String, String> migrations = new TreeMap<>();
                List<Manifest.Table> tables = new ArrayList<>();
                for (SourceTable table : snapshot.tables()) {
                    tables.add(table(snapshot, table));
                }
                for (String schema : snapshot.schemas()) {
                    migrations.put(schema, snapshot.migration(schema));
                }
                if (database == SourceDatabase.EVENTSTORE) {
                    server = snapshot.figure("SHOW server_version");
                }
                return new Manifest.Source(
                        database.databaseName(),
                        database.part().partName(),
                        takenAt,
                        migrations,
                        snapshot.sequences(),
                        tables);
            }
        }

        private Manifest.Table table(Snapshot snapshot, SourceTable table) throws IOException, SQLException {
            LogRows headers = new LogRows(table.columns());
            boolean isLog = table.qualified().equals(LogRows.TABLE);
            Consumer<ByteBuffer> rows = isLog ? headers : row -> {};
            String part = snapshot.database().part().partName();
            String name = snapshot.database().databaseName() + "." + table.qualified();
            SecretBytes key = keys.get(snapshot.database().part());
            if (key == null) {
                throw new IllegalStateException("no key of part " + part);
            }
            Place place = store.place();
            List<Manifest.Segment> segments;
            try (SegmentSplitter splitter =
                    new SegmentSplitter(place, id, key, part, name, settings.segmentBytes(), rows, this::putOne)) {
                snapshot.copy(table, splitter);
                segments = splitter.finish();
            }
            long count = segments.stream().mapToLong(Manifest.Segment::rows).sum();
            progress.copied(
                    table.qualified(),
                    count,
                    segments.stream().mapToLong(Manifest.Segment::bytes).sum());
            if (isLog) {
                log = headers.state();
            }
            DataKeyGenerations.of(table).ifPresent(generation -> keyVersions.put(generation, count));
            return new Manifest.Table(table.qualified(), table.columns(), count, segments);
        }

        private void putOne() throws SQLException {
            turn.hold(id);
            steps.reached(Step.SEGMENT_PUT);
        }
    }
}
