package eu.diplomatics.transparency;

import java.util.List;

/**
 * Grows a tree of tiles. What an append costs depends on the number of leaves appended and not on those before: their
 * hashes, the full tiles they complete, and one partial tile for each level they touch (at 11 million leaves three).
 * Thread-safe, but a tree has one writer.
 *
 * <p>The order that keeps a log true: {@link #append}, then sign the head it returns, then publish the checkpoint. Whoever
 * resumes after a crash in between begins at the last checkpoint and appends the same leaves again; tiles that are there
 * already are the same then.
 */
public final class TileWriter {
    private final TileStore store;
    private RightEdge edge;

    private TileWriter(TileStore store, RightEdge edge) {
        this.store = store;
        this.edge = edge;
    }

    /**
     * A writer that goes on behind a head; {@link TreeHead#EMPTY} begins a tree.
     *
     * @throws TreeException when the stored tiles do not give this head
     */
    public static TileWriter resume(TileStore store, TreeHead head) {
        return new TileWriter(store, RightEdge.of(store, head));
    }

    /**
     * Appends leaves; their tiles are durable when this returns. When it throws, the tree is as before, and the same
     * leaves may be appended again.
     *
     * @param leaves in the order of the log; some thousands at a time, because their tiles wait in memory
     * @return the head of the grown tree
     */
    public synchronized TreeHead append(List<TreeHash> leaves) {
        RightEdge grown = edge.copy();
        store.write(grown.append(leaves));
        edge = grown;
        return edge.head();
    }

    public synchronized TreeHead head() {
        return edge.head();
    }
}
