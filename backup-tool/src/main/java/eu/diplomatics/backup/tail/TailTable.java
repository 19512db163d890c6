package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.Lane;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.SegmentSplitter;
import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.source.Snapshot;
import eu.diplomatics.backup.source.SourceMarks;
import eu.diplomatics.backup.source.SourceTable;
import eu.diplomatics.backup.tail.FollowGeneration.LogEnd;
import eu.diplomatics.backup.tail.TailManifest.Kind;
import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One table in a tail: what is new in it, or all of it where it is another than before. */
final class TailTable {
    private static final String EVENT = "eventstore.event";
    /** PostgreSQL counts microseconds from here. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final TailStore store;
    private final TailState before;
    private final Snapshot snapshot;
    private final SourceTable table;
    private final SecretBytes key;
    private final long segmentBytes;
    private final SegmentSplitter.Put put;

    TailTable(
            TailStore store,
            TailState before,
            Snapshot snapshot,
            SourceTable table,
            SecretBytes key,
            long segmentBytes,
            SegmentSplitter.Put put) {
        this.store = store;
        this.before = before;
        this.snapshot = snapshot;
        this.table = table;
        this.key = key;
        this.segmentBytes = segmentBytes;
        this.put = put;
    }

    private int number() {
        return before.number() + 1;
    }

    TailManifest.Table write(SourceMarks now, LogEnd log) throws IOException, SQLException {
        String database = snapshot.database().databaseName();
        boolean goesOn = before.goesOn(database, table, now);
        Optional<String> since = TailRules.since(
                table, before.marks(database), name -> before.held(name).next());
        if (since.isEmpty()) {
            return whole(goesOn);
        }
        TailState.Held held = goesOn ? before.held(table.qualified()) : new TailState.Held(0, "", 1);
        Positions positions = new Positions(table, held.next(), log);
        Consumer<ByteBuffer> rows = TailRules.goesByPositions(table) ? positions : row -> {};
        List<Manifest.Segment> segments = copy(goesOn ? since.get() : "true", rows);
        if (positions.hasGap()) {
            throw new BackupException(
                    BackupException.Code.NOT_VERIFIED,
                    "positions of " + table.qualified() + " do not follow each other");
        }
        return made(goesOn ? Kind.SINCE : Kind.ALL, number(), "", positions.next(), segments);
    }

    private TailManifest.Table whole(boolean goesOn) throws IOException, SQLException {
        MessageDigest digest = sha256();
        snapshot.copy(table, digest::update);
        String found = HexFormat.of().formatHex(digest.digest());
        TailState.Held held = before.held(table.qualified());
        if (goesOn && found.equals(held.digest())) {
            return made(Kind.SAME, held.heldBy(), found, 0, List.of());
        }
        return made(Kind.ALL, number(), found, 0, copy("true", row -> {}));
    }

    private TailManifest.Table made(Kind kind, int heldBy, String digest, long next, List<Manifest.Segment> segments) {
        return new TailManifest.Table(
                table.qualified(),
                table.columns(),
                kind,
                heldBy,
                digest,
                TailRules.goesByPositions(table) ? next : 0,
                segments.stream().mapToLong(Manifest.Segment::rows).sum(),
                segments);
    }

    private List<Manifest.Segment> copy(String condition, Consumer<ByteBuffer> rows) throws IOException, SQLException {
        String part = snapshot.database().part().partName();
        String name = snapshot.database().databaseName() + "." + table.qualified();
        try (SegmentSplitter splitter = new SegmentSplitter(
                store.place(), key, new InTail(before, part, name), segmentBytes, rows, Lane.here(), put)) {
            snapshot.copy(table, condition, splitter);
            return splitter.finish();
        }
    }

    /** @param table with database and schema */
    private record InTail(TailState before, String part, String table) implements SegmentSplitter.Target {
        private int number() {
            return before.number() + 1;
        }

        @Override
        public SegmentContext context(int ordinal) {
            return new SegmentContext(TailStore.name(before.id(), number()), part, table, ordinal);
        }

        @Override
        public String name(String sha256) {
            return TailStore.segmentName(before.id(), number(), part, sha256);
        }

        @Override
        public String spool() {
            return GenerationStore.TAIL_SPOOL;
        }
    }

    /** Rows that come in the order of their positions, each the next. */
    private static final class Positions implements Consumer<ByteBuffer> {
        private final int position;
        private final int recordedAt;
        private final LogEnd log;
        private long next;
        private boolean gap;

        Positions(SourceTable table, long next, LogEnd log) {
            this.position = table.columns().indexOf("position");
            this.recordedAt = table.qualified().equals(EVENT) ? table.columns().indexOf("recorded_at") : -1;
            this.next = next;
            this.log = log;
        }

        @Override
        public void accept(ByteBuffer row) {
            long found = CopyFormat.field(row, 0, position).getLong();
            gap |= found != next;
            next = found + 1;
            if (recordedAt >= 0) {
                log.at(found, EPOCH.plus(CopyFormat.field(row, 0, recordedAt).getLong(), ChronoUnit.MICROS));
            }
        }

        boolean hasGap() {
            return gap;
        }

        long next() {
            return next;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
