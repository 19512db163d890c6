package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What the headers of the log say as they pass, in the order of their positions: how many, until when, and their tree. */
public final class LogRows implements Consumer<ByteBuffer> {
    public static final String TABLE = "eventstore.event";
    /** PostgreSQL counts microseconds from here. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final Frontier tree = new Frontier();
    private final int position;
    private final int recordedAt;
    private final int leaf;
    private final Set<Long> rootsAt;
    private final Map<Long, TreeHead> heads = new HashMap<>();
    private Instant last = Instant.EPOCH;
    private boolean gap;

    LogRows(List<String> columns) {
        this(columns, Set.of());
    }

    /** @param rootsAt numbers of leaves at which to remember the tree's root */
    public LogRows(List<String> columns, Set<Long> rootsAt) {
        this.position = columns.indexOf("position");
        this.recordedAt = columns.indexOf("recorded_at");
        this.leaf = columns.indexOf("leaf");
        this.rootsAt = Set.copyOf(rootsAt);
    }

    @Override
    public void accept(ByteBuffer row) {
        gap |= CopyFormat.field(row, 0, position).getLong() != tree.size() + 1;
        last = EPOCH.plus(CopyFormat.field(row, 0, recordedAt).getLong(), ChronoUnit.MICROS);
        byte[] hash = new byte[TreeHash.BYTES];
        CopyFormat.field(row, 0, leaf).get(hash);
        tree.append(TreeHash.of(hash));
        if (rootsAt.contains(tree.size())) {
            heads.put(tree.size(), tree.head());
        }
    }

    /** Whether positions do not follow each other from 1 on. */
    public boolean hasGap() {
        return gap;
    }

    /** By size, those that were to be remembered, as far as the log goes. */
    public Map<Long, TreeHead> heads() {
        return Map.copyOf(heads);
    }

    public Manifest.LogState state() {
        return new Manifest.LogState(tree.size(), last, tree.head().root().toString());
    }
}
