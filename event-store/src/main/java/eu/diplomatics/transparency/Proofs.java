package eu.diplomatics.transparency;

import java.util.List;

/**
 * Verifies proofs as anyone can who has a checkpoint, without the log: the algorithms of
 * <a href="https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2">RFC 9162, sections 2.1.3.2 and 2.1.4.2</a>, for the
 * hashes of RFC 6962, which are the same. Whatever is wrong, the answer is {@code false}.
 */
public final class Proofs {
    private Proofs() {}

    /**
     * Whether a leaf stands at an index of the tree with this head. Size and root have to belong together, as those of
     * a verified checkpoint do: a proof does not show that they do, for another size may call for the same hashes.
     *
     * @param index from 0, so position - 1 for an event
     */
    public static boolean includes(TreeHead head, long index, TreeHash leaf, List<TreeHash> proof) {
        if (index < 0 || index >= head.size()) {
            return false;
        }
        long fn = index;
        long sn = head.size() - 1;
        TreeHash hash = leaf;
        for (TreeHash sibling : proof) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                hash = TreeHash.node(sibling, hash);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                hash = TreeHash.node(hash, sibling);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && hash.equals(head.root());
    }

    /**
     * Whether the later tree begins with all leaves of the earlier one, in their order. Nothing can be shown about an
     * earlier tree without leaves: that is {@code false}, and a caller that has seen none yet does not ask.
     */
    public static boolean consistent(TreeHead earlier, TreeHead later, List<TreeHash> proof) {
        if (earlier.size() == 0 || earlier.size() > later.size()) {
            return false;
        }
        if (earlier.size() == later.size()) {
            return proof.isEmpty() && earlier.root().equals(later.root());
        }
        // an earlier tree that is one complete subtree is the proof's first hash itself
        boolean complete = Long.bitCount(earlier.size()) == 1;
        if (!complete && proof.isEmpty()) {
            return false;
        }
        long fn = earlier.size() - 1;
        long sn = later.size() - 1;
        while ((fn & 1) == 1) {
            fn >>>= 1;
            sn >>>= 1;
        }
        TreeHash first = complete ? earlier.root() : proof.getFirst();
        TreeHash second = first;
        for (TreeHash hash : complete ? proof : proof.subList(1, proof.size())) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                first = TreeHash.node(hash, first);
                second = TreeHash.node(hash, second);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                second = TreeHash.node(second, hash);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && first.equals(earlier.root()) && second.equals(later.root());
    }
}
