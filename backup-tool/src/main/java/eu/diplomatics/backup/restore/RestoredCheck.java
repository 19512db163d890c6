package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.LogRows;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.segment.CopyRows;
import eu.diplomatics.transparency.TreeHead;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Holds what is in the databases now against the manifest: rows, positions, and the root of the tree of all leaves. */
final class RestoredCheck {
    private static final List<String> COLUMNS = List.of("position", "recorded_at", "leaf");
    private static final String LEAVES =
            "COPY (SELECT position, recorded_at, leaf FROM eventstore.event ORDER BY position) TO STDOUT (FORMAT binary)";
    private static final String CHECKPOINT =
            "SELECT size || ' ' || encode(root, 'hex') FROM eventstore.checkpoint ORDER BY size DESC LIMIT 1";

    private RestoredCheck() {}

    /** @throws RestoreException when a table has other rows than it is to have */
    static void rows(TargetDatabase target, Manifest.Source source) throws SQLException, RestoreException {
        RestoreLedger ledger = new RestoreLedger(target);
        for (Manifest.Table table : Structure.loaded(source)) {
            long there = Long.parseLong(target.figure("SELECT count(*) FROM " + Structure.quoted(table.name())));
            if (Segments.isKeptAsItWas(table.name()) && there != ledger.rows(table.name())) {
                throw new RestoreException(
                        RestoreException.Code.NOT_AS_IT_WAS,
                        table.name() + " has " + there + " rows, and " + ledger.rows(table.name()) + " were loaded");
            }
        }
    }

    /** @throws RestoreException when the log in the database is not the one that the manifest names */
    static void log(TargetDatabase target, Manifest.LogState expected) throws SQLException, IOException {
        Manifest.LogState there = log(target);
        if (!there.equals(expected)) {
            throw new RestoreException(
                    RestoreException.Code.NOT_AS_IT_WAS,
                    "the log ends at " + there.position() + " with root " + there.root() + ", the manifest says "
                            + expected.position() + " with root " + expected.root());
        }
    }

    /**
     * What the log in the database is.
     *
     * @throws RestoreException when it has a gap, or is not that of its own head and checkpoint
     */
    static Manifest.LogState log(TargetDatabase target) throws SQLException, IOException {
        List<String> checkpoint = target.strings(CHECKPOINT);
        String[] signed = checkpoint.isEmpty()
                ? new String[] {"0", ""}
                : checkpoint.getFirst().split(" ", 2);
        long size = Long.parseLong(signed[0]);
        LogRows log = new LogRows(COLUMNS, Set.of(size));
        CopyOut copy =
                target.connection().unwrap(PGConnection.class).getCopyAPI().copyOut(LEAVES);
        try {
            boolean first = true;
            for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                CopyRows rows = first ? CopyRows.first(message) : CopyRows.of(message);
                first = false;
                rows.forEach(log);
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        if (log.hasGap()) {
            throw new RestoreException(
                    RestoreException.Code.NOT_AS_IT_WAS, "positions of the log do not follow each other");
        }
        TreeHead there = log.heads().getOrDefault(size, TreeHead.EMPTY);
        if (!signed[1].isEmpty() && !there.root().toString().equals(signed[1])) {
            throw new RestoreException(
                    RestoreException.Code.NOT_AS_IT_WAS,
                    "the log's checkpoint of " + signed[0] + " leaves has another root than they give");
        }
        String head = target.figure("SELECT position FROM eventstore.head");
        if (Long.parseLong(head) != log.state().position()) {
            throw new RestoreException(
                    RestoreException.Code.NOT_AS_IT_WAS,
                    "the head is " + head + ", and the log ends at "
                            + log.state().position());
        }
        return log.state();
    }
}
