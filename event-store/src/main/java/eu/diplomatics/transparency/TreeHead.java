package eu.diplomatics.transparency;

/**
 * What a checkpoint says of a tree.
 *
 * @param size number of leaves
 * @param root hash over all of them
 */
public record TreeHead(long size, TreeHash root) {
    /** The head of a tree without leaves. */
    public static final TreeHead EMPTY = new TreeHead(0, TreeHash.EMPTY);

    /** @throws IllegalArgumentException when the size is negative, or the tree is empty and the root is not */
    public TreeHead {
        if (size < 0) {
            throw new IllegalArgumentException("a tree has no fewer than 0 leaves, not " + size);
        }
        if (size == 0 && !root.equals(TreeHash.EMPTY)) {
            throw new IllegalArgumentException("an empty tree has the empty root");
        }
    }
}
