package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/** What the headers of the log say as they pass, in the order of their positions: how many, until when, and their tree. */
final class LogRows implements Consumer<ByteBuffer> {
    static final String TABLE = "eventstore.event";
    /** PostgreSQL counts microseconds from here. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final Frontier tree = new Frontier();
    private final int position;
    private final int recordedAt;
    private final int leaf;
    private final long rootAt;
    private TreeHead headThere = TreeHead.EMPTY;
    private Instant last = Instant.EPOCH;
    private boolean gap;

    LogRows(List<String> columns) {
        this(columns, 0);
    }

    /** @param rootAt the number of leaves at which to remember the tree's root */
    LogRows(List<String> columns, long rootAt) {
        this.position = columns.indexOf("position");
        this.recordedAt = columns.indexOf("recorded_at");
        this.leaf = columns.indexOf("leaf");
        this.rootAt = rootAt;
    }

    @Override
    public void accept(ByteBuffer row) {
        gap |= CopyFormat.field(row, 0, position).getLong() != tree.size() + 1;
        last = EPOCH.plus(CopyFormat.field(row, 0, recordedAt).getLong(), ChronoUnit.MICROS);
        byte[] hash = new byte[TreeHash.BYTES];
        CopyFormat.field(row, 0, leaf).get(hash);
        tree.append(TreeHash.of(hash));
        if (tree.size() == rootAt) {
            headThere = tree.head();
        }
    }

    /** Whether positions do not follow each other from 1 on. */
    boolean hasGap() {
        return gap;
    }

    TreeHead headThere() {
        return headThere;
    }

    Manifest.LogState state() {
        return new Manifest.LogState(tree.size(), last, tree.head().root().toString());
    }
}
