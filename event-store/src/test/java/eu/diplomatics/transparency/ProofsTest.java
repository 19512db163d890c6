package eu.diplomatics.transparency;

import static eu.diplomatics.transparency.PublishedTree.LEAVES;
import static eu.diplomatics.transparency.PublishedTree.hashes;
import static eu.diplomatics.transparency.PublishedTree.head;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofsTest {
    private static final NaiveTree NAIVE = NaiveTree.random(4, 64);

    @Test
    void published_inclusion_proofs_are_accepted() {
        assertThat(Proofs.includes(head(1), 0, LEAVES.get(0), List.of())).isTrue();
        assertThat(Proofs.includes(
                        head(8),
                        0,
                        LEAVES.get(0),
                        hashes(
                                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")))
                .isTrue();
        assertThat(Proofs.includes(
                        head(8),
                        5,
                        LEAVES.get(5),
                        hashes(
                                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")))
                .isTrue();
        assertThat(Proofs.includes(
                        head(3),
                        2,
                        LEAVES.get(2),
                        hashes("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")))
                .isTrue();
    }

    @Test
    void published_consistency_proofs_are_accepted() {
        assertThat(Proofs.consistent(head(1), head(1), List.of())).isTrue();
        assertThat(Proofs.consistent(
                        head(2),
                        head(5),
                        hashes(
                                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")))
                .isTrue();
        assertThat(Proofs.consistent(
                        head(6),
                        head(8),
                        hashes(
                                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")))
                .isTrue();
    }

    @Test
    void an_inclusion_proof_with_any_bit_changed_in_leaf_proof_or_root_is_refused() {
        for (int size = 1; size <= 24; size++) {
            for (int index = 0; index < size; index++) {
                TreeHead head = NAIVE.head(size);
                TreeHash leaf = NAIVE.leaf(index);
                List<TreeHash> proof = NAIVE.path(index, size);
                assertThat(Proofs.includes(head, index, leaf, proof)).isTrue();
                for (int bit = 0; bit < 256; bit += size == 21 ? 1 : 37) {
                    assertThat(Proofs.includes(head, index, flipped(leaf, bit), proof))
                            .isFalse();
                    assertThat(Proofs.includes(new TreeHead(size, flipped(head.root(), bit)), index, leaf, proof))
                            .isFalse();
                    for (List<TreeHash> changed : flipped(proof, bit)) {
                        assertThat(Proofs.includes(head, index, leaf, changed)).isFalse();
                    }
                }
                for (List<TreeHash> reshaped : reshaped(proof)) {
                    assertThat(Proofs.includes(head, index, leaf, reshaped)).isFalse();
                }
            }
        }
    }

    @Test
    void a_leaf_stands_at_its_own_index_only() {
        for (int size = 1; size <= 64; size++) {
            for (int index = 0; index < size; index++) {
                for (int other = -2; other < 70; other++) {
                    assertThat(Proofs.includes(NAIVE.head(size), other, NAIVE.leaf(index), NAIVE.path(index, size)))
                            .as("leaf %d as %d of %d", index, other, size)
                            .isEqualTo(other == index);
                }
            }
        }
    }

    @Test
    void a_consistency_proof_with_any_bit_changed_in_roots_or_proof_is_refused() {
        for (int size = 1; size <= 24; size++) {
            for (int earlier = 1; earlier <= size; earlier++) {
                TreeHead first = NAIVE.head(earlier);
                TreeHead second = NAIVE.head(size);
                List<TreeHash> proof = NAIVE.proof(earlier, size);
                assertThat(Proofs.consistent(first, second, proof)).isTrue();
                for (int bit = 0; bit < 256; bit += size == 21 ? 1 : 37) {
                    assertThat(Proofs.consistent(new TreeHead(earlier, flipped(first.root(), bit)), second, proof))
                            .isFalse();
                    assertThat(Proofs.consistent(first, new TreeHead(size, flipped(second.root(), bit)), proof))
                            .isFalse();
                    for (List<TreeHash> changed : flipped(proof, bit)) {
                        assertThat(Proofs.consistent(first, second, changed)).isFalse();
                    }
                }
                for (List<TreeHash> reshaped : reshaped(proof)) {
                    assertThat(Proofs.consistent(first, second, reshaped)).isFalse();
                }
            }
        }
    }

    /** What a cut tail, an old backup or a rewritten event comes to: two heads of which neither continues the other. */
    @Test
    void trees_that_differ_anywhere_before_the_earlier_size_have_no_proof() {
        for (int changed = 0; changed < 20; changed++) {
            List<byte[]> other = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                other.add((i == changed ? flipped(NAIVE.leaf(i), 0) : NAIVE.leaf(i)).bytes());
            }
            NaiveTree rewritten = new NaiveTree(other);
            for (int size = 20; size <= 40; size++) {
                assertThat(Proofs.consistent(NAIVE.head(20), rewritten.head(size), rewritten.proof(20, size)))
                        .isFalse();
                assertThat(Proofs.consistent(NAIVE.head(20), rewritten.head(size), NAIVE.proof(20, size)))
                        .isFalse();
            }
        }
    }

    @Test
    void nothing_is_consistent_with_an_empty_tree_a_later_one_or_another_of_the_same_size() {
        assertThat(Proofs.consistent(TreeHead.EMPTY, TreeHead.EMPTY, List.of())).isFalse();
        assertThat(Proofs.consistent(TreeHead.EMPTY, NAIVE.head(3), List.of())).isFalse();
        assertThat(Proofs.consistent(NAIVE.head(3), NAIVE.head(2), NAIVE.proof(2, 3)))
                .isFalse();
        assertThat(Proofs.consistent(NAIVE.head(3), new TreeHead(3, NAIVE.leaf(0)), List.of()))
                .isFalse();
        assertThat(Proofs.includes(TreeHead.EMPTY, 0, NAIVE.leaf(0), List.of())).isFalse();
    }

    static TreeHash flipped(TreeHash hash, int bit) {
        byte[] bytes = hash.bytes();
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        return TreeHash.of(bytes);
    }

    private static List<List<TreeHash>> flipped(List<TreeHash> proof, int bit) {
        List<List<TreeHash>> changed = new ArrayList<>();
        for (int i = 0; i < proof.size(); i++) {
            List<TreeHash> copy = new ArrayList<>(proof);
            copy.set(i, flipped(proof.get(i), bit));
            changed.add(copy);
        }
        return changed;
    }

    /** One hash left out, one given twice, two neighbours exchanged. */
    private static List<List<TreeHash>> reshaped(List<TreeHash> proof) {
        List<List<TreeHash>> changed = new ArrayList<>();
        for (int i = 0; i < proof.size(); i++) {
            List<TreeHash> shorter = new ArrayList<>(proof);
            shorter.remove(i);
            changed.add(shorter);
            List<TreeHash> longer = new ArrayList<>(proof);
            longer.add(i, proof.get(i));
            changed.add(longer);
            if (i > 0) {
                List<TreeHash> exchanged = new ArrayList<>(proof);
                exchanged.set(i, proof.get(i - 1));
                exchanged.set(i - 1, proof.get(i));
                changed.add(exchanged);
            }
        }
        return changed;
    }
}
