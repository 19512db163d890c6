package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.source.ReferenceKeys;
import eu.diplomatics.backup.source.Snapshot;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.backup.source.SourceTable;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Makes the generation of today: data from one snapshot each, the log first and the keyring last, so that every key that
 * the log needs is in it; verified before the index names it. Whatever stops it, the generations that the index names stay
 * as they are, and what it left is removed at the next start.
 */
public final class CreateGeneration {
    private static final int BLOCKS_IN_HAND = 6;
    private static final int ATTEMPTS = 3;
    private static final int SEGMENTS_IN_HAND = 4;

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
     * @param environment what it needs to run in another place
     */
    public record Settings(long segmentBytes, String madeBy, EnvironmentFiles environment) {
        /** Data alone. */
        public Settings(long segmentBytes, String madeBy) {
            this(segmentBytes, madeBy, EnvironmentFiles.NONE);
        }
    }

    /** Where it is. */
    public enum Step {
        ALONE,
        PURGED,
        SNAPSHOT_TAKEN,
        SEGMENT_PUT,
        DATA_COPIED,
        KEYS_COPIED,
        ENVIRONMENT_PUT,
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

        /** Something that the source itself lacks: the generation is what the source is, and counts. */
        default void found(VerifyGeneration.Finding finding) {}
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
        try (Turn turn = Turn.take(source(SourceDatabase.EVENTSTORE), Turn.BACKUP)) {
            steps.reached(Step.ALONE);
            Instant now = now();
            checkClock(now);
            purge();
            steps.reached(Step.PURGED);
            for (int attempt = 1; ; attempt++) {
                GenerationId id = next(LocalDate.ofInstant(now, ZoneOffset.UTC));
                turn.hold(id.toString());
                try {
                    return create(id, now, turn);
                } catch (KeysReplacedException e) {
                    if (attempt == ATTEMPTS) {
                        throw new BackupException(
                                BackupException.Code.NOT_VERIFIED, "the reference key was replaced each time");
                    }
                    turn.letGo();
                    purge();
                }
            }
        }
    }

    /** A rotation ended between two snapshots. */
    private static final class KeysReplacedException extends Exception {
        private static final long serialVersionUID = 1L;
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
                // a tail may be written meanwhile, and looks after its own
                if (!file.getFileName().toString().startsWith(GenerationStore.TAIL_SPOOL)) {
                    Files.delete(file);
                }
            }
        }
        store.place().tidy(now());
    }

    private GenerationId next(LocalDate day) throws IOException {
        int attempts = store.list().stream()
                .filter(stored -> stored.id().day().equals(day))
                .mapToInt(stored -> stored.id().attempt())
                .max()
                .orElse(0);
        return new GenerationId(day, attempts + 1);
    }

    private Manifest create(GenerationId id, Instant begunAt, Turn turn)
            throws IOException, SQLException, KeysReplacedException {
        Map<Part, SecretBytes> keys = new EnumMap<>(Part.class);
        try {
            Map<String, String> wrapped = new TreeMap<>();
            for (Part part : Part.values()) {
                keys.put(part, GenerationKeys.random());
                wrapped.put(part.partName(), GenerationKeys.wrap(custodian, id, part.partName(), keys.get(part)));
            }
            VerifyGeneration verification = new VerifyGeneration(store);
            GenerationReading reading = verification.reading(id, keys, new KeyReferences());
            Copy copy = new Copy(id, keys, turn, reading);
            List<Manifest.Source> copied = copy.sources();
            turn.letGo();
            steps.reached(Step.KEYS_COPIED);
            List<EnvironmentFiles.File> files = settings.environment().files();
            List<Manifest.Bundled> environment = new EnvironmentWriter(store.place(), id).write(files);
            steps.reached(Step.ENVIRONMENT_PUT);
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
                    copied,
                    environment.isEmpty() ? null : environment);
            store.writeManifest(manifest);
            steps.reached(Step.MANIFEST_PUT);
            VerifyGeneration.Report report = verification.verify(id, keys, reading);
            Optional<VerifyGeneration.Finding> wrong = report.findings().stream()
                    .filter(finding -> finding.code() != VerifyGeneration.Code.KEY_MISSING)
                    .findFirst();
            if (wrong.isPresent()) {
                throw new BackupException(
                        BackupException.Code.NOT_VERIFIED, wrong.get().toString());
            }
            steps.reached(Step.VERIFIED);
            store.promote(id, now());
            steps.reached(Step.PROMOTED);
            report.findings().forEach(progress::found);
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

    /** @param table with database and schema */
    private record InGeneration(GenerationId id, String part, String table) implements SegmentSplitter.Target {
        @Override
        public SegmentContext context(int ordinal) {
            return new SegmentContext(id.toString(), part, table, ordinal);
        }

        @Override
        public String name(String sha256) {
            return GenerationStore.segmentName(id, part, sha256);
        }

        @Override
        public boolean isReadLater() {
            return true;
        }
    }

    /** What is gathered on the way. */
    private final class Copy {
        private final GenerationId id;
        private final Map<Part, SecretBytes> keys;
        private final Turn turn;
        private final ReferenceKeys referenceKeys = new ReferenceKeys();
        private final GenerationReading reading;
        private final Map<String, Long> keyVersions = new TreeMap<>();
        private final Deque<SegmentSplitter> splitters = new ArrayDeque<>();
        private Manifest.LogState log = new Manifest.LogState(0, Instant.EPOCH, "");
        private String server = "";

        Copy(GenerationId id, Map<Part, SecretBytes> keys, Turn turn, GenerationReading reading) {
            this.id = id;
            this.keys = keys;
            this.turn = turn;
            this.reading = reading;
        }

        /** One after the other; rows are compressed, sealed, put and read back while the next are read. */
        List<Manifest.Source> sources() throws IOException, SQLException, KeysReplacedException {
            try (Lane checking = store.place().isReadBesidePut()
                            ? Lane.beside("reading-back", SEGMENTS_IN_HAND)
                            : Lane.here();
                    Lane sealing = Lane.beside("sealing", BLOCKS_IN_HAND)) {
                List<Manifest.Source> copied = new ArrayList<>();
                for (SourceDatabase database : SourceDatabase.values()) {
                    if (database.part() == Part.KEYS) {
                        steps.reached(Step.DATA_COPIED);
                    }
                    copied.add(source(database, sealing, checking));
                }
                checking.finish();
                return copied;
            } finally {
                while (!splitters.isEmpty()) {
                    splitters.pop().close();
                }
            }
        }

        private Manifest.Source source(SourceDatabase database, Lane sealing, Lane checking)
                throws IOException, SQLException, KeysReplacedException {
            try (Snapshot snapshot = Snapshot.take(database, CreateGeneration.this.source(database))) {
                Instant takenAt = now();
                steps.reached(Step.SNAPSHOT_TAKEN);
                if (database == SourceDatabase.EVENTSTORE) {
                    referenceKeys.log(snapshot);
                } else if (database == SourceDatabase.KEYRING
                        && referenceKeys.wereReplaced(
                                snapshot, CreateGeneration.this.source(SourceDatabase.EVENTSTORE))) {
                    throw new KeysReplacedException();
                }
                Map<String, String> migrations = new TreeMap<>();
                List<Manifest.Table> tables = new ArrayList<>();
                for (SourceTable table : snapshot.tables()) {
                    table(snapshot, table, sealing, checking, tables);
                }
                for (String schema : snapshot.schemas()) {
                    migrations.put(schema, snapshot.migration(schema));
                }
                if (database == SourceDatabase.EVENTSTORE) {
                    server = snapshot.figure("SHOW server_version");
                }
                sealing.finish();
                return new Manifest.Source(
                        database.databaseName(),
                        database.part().partName(),
                        takenAt,
                        migrations,
                        snapshot.sequences(),
                        tables,
                        snapshot.marks());
            }
        }

        private void table(Snapshot snapshot, SourceTable table, Lane sealing, Lane checking, List<Manifest.Table> done)
                throws IOException, SQLException {
            boolean isLog = table.qualified().equals(LogRows.TABLE);
            LogRows headers = isLog ? new LogRows(table.columns()) : null;
            String part = snapshot.database().part().partName();
            String name = snapshot.database().databaseName() + "." + table.qualified();
            SecretBytes key = keys.get(snapshot.database().part());
            if (key == null) {
                throw new IllegalStateException("no key of part " + part);
            }
            Manifest.Table columns = new Manifest.Table(table.qualified(), table.columns(), 0, List.of());
            SegmentSplitter splitter = new SegmentSplitter(
                    store.place(),
                    key,
                    new InGeneration(id, part, name),
                    settings.segmentBytes(),
                    headers,
                    sealing,
                    (ordinal, segment) -> {
                        putOne();
                        checking.give(
                                () -> reading.put(snapshot.database().databaseName(), part, columns, ordinal, segment));
                    });
            splitters.push(splitter);
            snapshot.copy(table, splitter);
            splitter.finish(segments -> done.add(copied(table, segments)));
            if (headers != null) {
                log = headers.state();
            }
        }

        private Manifest.Table copied(SourceTable table, List<Manifest.Segment> segments) {
            long count = segments.stream().mapToLong(Manifest.Segment::rows).sum();
            progress.copied(
                    table.qualified(),
                    count,
                    segments.stream().mapToLong(Manifest.Segment::bytes).sum());
            DataKeyGenerations.of(table).ifPresent(generation -> keyVersions.put(generation, count));
            return new Manifest.Table(table.qualified(), table.columns(), count, segments);
        }

        private void putOne() throws SQLException {
            turn.hold(id.toString());
            steps.reached(Step.SEGMENT_PUT);
        }
    }
}
