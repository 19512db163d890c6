package eu.diplomatics.transparency;

import java.util.ArrayList;
import java.util.List;

/**
 * All that is needed of a tree in order to append to it and to tell its root: the roots of the complete subtrees it
 * consists of, largest first, one for each bit of its size (a "compact range" from 0,
 * <a href="https://github.com/transparency-dev/merkle/blob/main/docs/compact_ranges.md">transparency-dev</a>).
 * An append costs one hash on average, and memory is 32 bytes for each of at most 63 bits. Not thread-safe.
 */
public final class Frontier {
    private final List<TreeHash> subtrees = new ArrayList<>();
    private long size;

    /** Of no tree yet. */
    public Frontier() {}

    /**
     * That of a tree of this size.
     *
     * @param subtrees the roots of its complete subtrees, largest first: nothing here says that they are right, but
     *     {@link #head}
     * @throws IllegalArgumentException when it is not one for each bit of the size
     */
    public static Frontier of(long size, List<TreeHash> subtrees) {
        if (size < 0 || Long.bitCount(size) != subtrees.size()) {
            throw new IllegalArgumentException("size " + size + " has not " + subtrees.size() + " complete subtrees");
        }
        Frontier frontier = new Frontier();
        frontier.subtrees.addAll(subtrees);
        frontier.size = size;
        return frontier;
    }

    /**
     * Appends a leaf, amortised at one hash.
     *
     * @throws ArithmeticException beyond 2^63 - 1 leaves
     */
    public void append(TreeHash leaf) {
        append(leaf, 0);
    }

    /** Appends a complete subtree of 2^height leaves; the size must be a multiple of that. */
    void append(TreeHash subtree, int height) {
        long leaves = 1L << height;
        if ((size & (leaves - 1)) != 0) {
            throw new IllegalStateException("size " + size + " is no multiple of " + leaves);
        }
        long grown = Math.addExact(size, leaves);
        TreeHash hash = subtree;
        // each bit that is set from here on is a subtree as large as the one at hand: the two become one
        for (long bits = size >>> height; (bits & 1) == 1; bits >>>= 1) {
            hash = TreeHash.node(subtrees.removeLast(), hash);
        }
        subtrees.add(hash);
        size = grown;
    }

    /** The root, at the cost of at most 62 hashes. */
    TreeHash root() {
        if (subtrees.isEmpty()) {
            return TreeHash.EMPTY;
        }
        TreeHash root = subtrees.getLast();
        for (int i = subtrees.size() - 2; i >= 0; i--) {
            root = TreeHash.node(subtrees.get(i), root);
        }
        return root;
    }

    public long size() {
        return size;
    }

    public TreeHead head() {
        return new TreeHead(size, root());
    }
}
