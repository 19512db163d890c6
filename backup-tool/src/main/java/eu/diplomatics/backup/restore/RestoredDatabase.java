package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.OpenedGeneration;
import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** One database of a generation on its way into its new place, and how far it is. */
final class RestoredDatabase {
    private static final String GENERATIONS = "eventstore.key_generation";

    private final OpenedGeneration generation;
    private final TargetDatabase target;
    private final Manifest.Source source;
    private final Migrations migrations;
    private final RestoreLedger ledger;
    private RestoreLedger.State state = RestoreLedger.State.BEGUN;

    RestoredDatabase(
            OpenedGeneration generation, TargetDatabase target, Manifest.Source source, Migrations migrations) {
        this.generation = generation;
        this.target = target;
        this.source = source;
        this.migrations = migrations;
        this.ledger = new RestoreLedger(target);
    }

    TargetDatabase target() {
        return target;
    }

    boolean isDone() {
        return state == RestoreLedger.State.DONE;
    }

    /** @throws RestoreException when it cannot be restored here; nothing was changed */
    void require() throws SQLException, RestoreException {
        migrations.requireKnown();
        ledger.require(generation);
    }

    void begin() throws SQLException, IOException {
        state = ledger.begin(generation);
    }

    /** Empty tables as the generation has them. */
    void makeTables(long indexedLater) throws SQLException, IOException {
        if (state != RestoreLedger.State.BEGUN) {
            return;
        }
        migrations.toGeneration();
        Structure.make(target, source, currentDataKeys(), indexedLater);
        state = RestoreLedger.State.READY;
    }

    /** Which generation of data keys was in use; 0 where there is none. */
    private int currentDataKeys() throws SQLException, IOException {
        int[] current = {0};
        for (Manifest.Table table : source.tables()) {
            if (!table.name().equals(GENERATIONS)) {
                continue;
            }
            int number = table.columns().indexOf("generation");
            int inUse = table.columns().indexOf("current");
            for (int ordinal = 0; ordinal < table.segments().size(); ordinal++) {
                generation.read(source, table, ordinal, row -> {
                    ByteBuffer flag = CopyFormat.field(row, 0, inUse);
                    if (flag.get() != 0) {
                        current[0] = CopyFormat.field(row, 0, number).getInt();
                    }
                });
            }
        }
        return current[0];
    }

    /** What a step of a load is followed by. */
    @FunctionalInterface
    interface Loaded {
        void segment(Manifest.Table table, Manifest.Segment segment, boolean now);
    }

    /** The tables up to and with the last of these; all where there are none. */
    void load(List<String> upTo, Set<UUID> shredded, Loaded loaded) throws SQLException, IOException {
        if (state != RestoreLedger.State.READY) {
            return;
        }
        Segments segments = new Segments(generation, target, shredded);
        for (Manifest.Table table : Structure.inOrder(target, source)) {
            if (!upTo.isEmpty() && !upTo.contains(table.name())) {
                return;
            }
            for (int ordinal = 0; ordinal < table.segments().size(); ordinal++) {
                boolean now = segments.load(source, table, ordinal);
                loaded.segment(table, table.segments().get(ordinal), now);
            }
        }
    }

    /** Indexes and sequences. */
    void index() throws SQLException, IOException {
        if (state != RestoreLedger.State.READY) {
            return;
        }
        Indexes.make(target);
        target.durably(() -> {
            for (var sequence : source.sequences().entrySet()) {
                if (sequence.getValue() > 0) {
                    target.execute(
                            "SELECT setval(to_regclass(?), ?)",
                            Structure.quoted(sequence.getKey()),
                            sequence.getValue());
                }
            }
            ledger.note(RestoreLedger.State.LOADED);
        });
        state = RestoreLedger.State.LOADED;
    }

    /** @throws RestoreException when what is there is not what the manifest says */
    void check() throws SQLException, IOException {
        if (state != RestoreLedger.State.LOADED) {
            return;
        }
        target.durably(() -> {
            RestoredCheck.rows(target, source);
            if (target.database() == SourceDatabase.EVENTSTORE) {
                RestoredCheck.log(target, generation.manifest().log());
            }
            ledger.note(RestoreLedger.State.CHECKED);
        });
        state = RestoreLedger.State.CHECKED;
    }

    /** Adds what tails hold. */
    void replay(TailReader reader, List<TailManifest> tails, Runnable loaded) throws SQLException, IOException {
        if (!isDone()) {
            new ReplayTail(generation, reader, tails, target, source, loaded).replay();
        }
    }

    void migrate() throws SQLException, IOException {
        if (isDone()) {
            return;
        }
        migrations.toNewest();
        target.transaction(() -> target.execute("ANALYZE"));
    }

    void end() throws SQLException, IOException {
        if (!isDone()) {
            target.durably(ledger::end);
            state = RestoreLedger.State.DONE;
        }
    }
}
