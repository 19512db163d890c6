package eu.diplomatics.transparency;

import eu.diplomatics.transparency.TreeException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A tree of one size, read from its tiles, and the proofs it gives. Nothing that is read is believed: the partial tiles
 * have to give the root, and each full tile the hash in the tile above it, so that what comes out is part of the tree
 * with this head or a {@link TreeException} that names the tile. A proof reads a tile or two for each level. Thread-safe.
 */
public final class TileTree {
    private final TileStore store;
    private final TreeHead head;
    private final RightEdge edge;

    private TileTree(TileStore store, TreeHead head, RightEdge edge) {
        this.store = store;
        this.head = head;
        this.edge = edge;
    }

    /**
     * Opens the tree with this head, the newest or an older one.
     *
     * @throws TreeException when the stored tiles do not give it
     */
    public static TileTree open(TileStore store, TreeHead head) {
        return new TileTree(store, head, RightEdge.of(store, head));
    }

    public TreeHead head() {
        return head;
    }

    /**
     * The leaf at an index.
     *
     * @throws IndexOutOfBoundsException when the tree does not reach that far
     */
    public TreeHash leaf(long index) {
        return new Reading().subtree(checked(index), index + 1);
    }

    /**
     * The leaves from an index to before another; a tile is read once for all of them.
     *
     * @throws IndexOutOfBoundsException when the tree does not reach that far
     */
    public List<TreeHash> leaves(long from, long to) {
        Reading reading = new Reading();
        List<TreeHash> leaves = new ArrayList<>();
        for (long index = from; index < to; index++) {
            leaves.add(reading.subtree(checked(index), index + 1));
        }
        return leaves;
    }

    /**
     * The proof that {@link #leaf} stands at its index, from its sibling up to the root (RFC 6962, section 2.1.1);
     * verified by {@link Proofs#includes}.
     *
     * @throws IndexOutOfBoundsException when the tree does not reach that far
     */
    public List<TreeHash> inclusion(long index) {
        List<TreeHash> proof = new ArrayList<>();
        new Reading().path(checked(index), 0, head.size(), proof);
        return List.copyOf(proof);
    }

    /**
     * The proof that the tree begins with all of an earlier size (RFC 6962, section 2.1.2); verified by
     * {@link Proofs#consistent}.
     *
     * @throws IndexOutOfBoundsException when the size is not between 1 and that of this tree
     */
    public List<TreeHash> consistency(long earlier) {
        checked(earlier - 1);
        List<TreeHash> proof = new ArrayList<>();
        new Reading().subproof(earlier, 0, head.size(), true, proof);
        return List.copyOf(proof);
    }

    /**
     * The head that this tree had at an earlier size.
     *
     * @throws IndexOutOfBoundsException when the size is not between 0 and that of this tree
     */
    public TreeHead headAt(long earlier) {
        if (earlier == 0) {
            return TreeHead.EMPTY;
        }
        checked(earlier - 1);
        return new TreeHead(earlier, new Reading().subtree(0, earlier));
    }

    /**
     * What {@link Frontier#of} goes on from: the roots of the complete subtrees that the tree consisted of at an earlier size,
     * largest first.
     *
     * @throws IndexOutOfBoundsException when the size is not between 0 and that of this tree
     */
    public List<TreeHash> frontier(long earlier) {
        List<TreeHash> subtrees = new ArrayList<>();
        Reading reading = new Reading();
        long begin = 0;
        while (begin < earlier) {
            checked(earlier - 1);
            long leaves = Long.highestOneBit(earlier - begin);
            subtrees.add(reading.complete(begin, Long.numberOfTrailingZeros(leaves)));
            begin += leaves;
        }
        return subtrees;
    }

    private long checked(long index) {
        if (index < 0 || index >= head.size()) {
            throw new IndexOutOfBoundsException(index);
        }
        return index;
    }

    /** The largest power of two below {@code n}, for n of 2 and more. */
    private static long split(long n) {
        return Long.highestOneBit(n - 1);
    }

    /** One proof's reading: each tile is read and verified once. */
    private final class Reading {
        private final Map<Tile, List<TreeHash>> tiles = new HashMap<>();

        /** PATH of RFC 6962 for the leaf at an index, within the leaves from begin to before end. */
        void path(long index, long begin, long end, List<TreeHash> proof) {
            if (end - begin == 1) {
                return;
            }
            long middle = begin + split(end - begin);
            if (index < middle) {
                path(index, begin, middle, proof);
                proof.add(subtree(middle, end));
            } else {
                path(index, middle, end, proof);
                proof.add(subtree(begin, middle));
            }
        }

        /** SUBPROOF of RFC 6962: {@code known} says that whoever verifies has this subtree's root already. */
        void subproof(long earlier, long begin, long end, boolean known, List<TreeHash> proof) {
            if (earlier == end) {
                if (!known) {
                    proof.add(subtree(begin, end));
                }
                return;
            }
            long middle = begin + split(end - begin);
            if (earlier <= middle) {
                subproof(earlier, begin, middle, known, proof);
                proof.add(subtree(middle, end));
            } else {
                subproof(earlier, middle, end, false, proof);
                proof.add(subtree(begin, middle));
            }
        }

        /** The root over the leaves from begin to before end; begin is where a subtree of this size begins. */
        TreeHash subtree(long begin, long end) {
            long leaves = end - begin;
            if (Long.bitCount(leaves) == 1) {
                return complete(begin, Long.numberOfTrailingZeros(leaves));
            }
            long middle = begin + split(leaves);
            return TreeHash.node(subtree(begin, middle), subtree(middle, end));
        }

        /** The root of a complete subtree of 2^height leaves: some neighbouring hashes of one tile. */
        private TreeHash complete(long begin, int height) {
            int level = height / Tile.HEIGHT;
            long first = begin >>> Tile.HEIGHT * level;
            int offset = (int) (first % Tile.FULL);
            return RightEdge.root(tile(level, first / Tile.FULL).subList(offset, offset + (1 << height % Tile.HEIGHT)));
        }

        private List<TreeHash> tile(int level, long index) {
            if (index == head.size() >>> Tile.HEIGHT * level >>> Tile.HEIGHT) {
                return edge.level(level);
            }
            Tile tile = new Tile(level, index, Tile.FULL);
            List<TreeHash> read = tiles.get(tile);
            if (read == null) {
                read = RightEdge.readFull(store, tile);
                TreeHash above = tile(level + 1, index / Tile.FULL).get((int) (index % Tile.FULL));
                if (!RightEdge.root(read).equals(above)) {
                    throw new TreeException(Reason.TILE_CHANGED, tile.path());
                }
                tiles.put(tile, read);
            }
            return read;
        }
    }
}
