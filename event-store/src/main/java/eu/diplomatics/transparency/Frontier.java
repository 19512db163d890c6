package eu.diplomatics.transparency;

import eu.diplomatics.transparency.TreeException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is needed of a tree in order to append to it and to tell its root: the roots of the complete subtrees it
 * consists of, largest first, one for each bit of its size (a "compact range" from 0,
 * <a href="https://github.com/transparency-dev/merkle/blob/main/docs/compact_ranges.md">transparency-dev</a>).
 * An append costs one hash on average, and memory is 32 bytes for each of at most 63 bits. Not thread-safe.
 *
 * <p>Serialised: {@code 'F' ‖ 0x01 ‖ size (8) ‖ hash (32) for each bit of size that is set, highest first}.
 */
public final class Frontier {
    private static final byte MAGIC = 'F';
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 2 + Long.BYTES;

    private final List<TreeHash> subtrees;
    private long size;

    /** The frontier of a tree without leaves. */
    public Frontier() {
        this(0, new ArrayList<>());
    }

    private Frontier(long size, List<TreeHash> subtrees) {
        this.size = size;
        this.subtrees = subtrees;
    }

    /**
     * Reads what {@link #toBytes} wrote. Whether it is the frontier of a certain tree only its root tells.
     *
     * @throws TreeException when it is anything but one whole frontier
     */
    public static Frontier fromBytes(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != MAGIC || bytes[1] != VERSION) {
            throw new TreeException(Reason.FRONTIER, "no frontier of a version known here");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
        long size = buffer.getLong();
        if (size < 0 || buffer.remaining() != Long.bitCount(size) * TreeHash.BYTES) {
            throw new TreeException(Reason.FRONTIER, "length does not fit the size");
        }
        List<TreeHash> subtrees = new ArrayList<>();
        while (buffer.hasRemaining()) {
            subtrees.add(TreeHash.from(buffer));
        }
        return new Frontier(size, subtrees);
    }

    public byte[] toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + subtrees.size() * TreeHash.BYTES)
                .put(MAGIC)
                .put(VERSION)
                .putLong(size);
        subtrees.forEach(hash -> hash.putInto(buffer));
        return buffer.array();
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
    public TreeHash root() {
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

    /** A frontier of its own, for trying an append. */
    public Frontier copy() {
        return new Frontier(size, new ArrayList<>(subtrees));
    }
}
