package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FrontierTest {
    private static final TreeHash LEAF = PublishedTree.LEAVES.getFirst();

    @Test
    void the_roots_of_the_reference_tree_are_the_published_ones() {
        Frontier frontier = new Frontier();
        assertThat(frontier.head()).isEqualTo(PublishedTree.head(0)).isEqualTo(TreeHead.EMPTY);
        for (int size = 1; size <= 8; size++) {
            frontier.append(PublishedTree.LEAVES.get(size - 1));
            assertThat(frontier.head()).isEqualTo(PublishedTree.head(size));
        }
    }

    /** "N123" and "N456" of the published hasher test are no hashes of 32 bytes; the prefix is what it shows. */
    @Test
    void a_leaf_is_taken_as_it_stands_and_a_node_is_hashed_with_its_prefix() {
        Frontier frontier = new Frontier();
        frontier.append(LEAF);
        assertThat(frontier.root()).isEqualTo(LEAF);
        assertThat(TreeHash.node(PublishedTree.LEAVES.get(0), PublishedTree.LEAVES.get(1)))
                .isEqualTo(PublishedTree.ROOTS.get(2))
                .isNotEqualTo(TreeHash.node(PublishedTree.LEAVES.get(1), PublishedTree.LEAVES.get(0)));
    }

    @Test
    void every_root_is_that_of_the_naive_tree() {
        NaiveTree naive = NaiveTree.random(1, 1_100);
        Frontier frontier = new Frontier();
        for (int size = 1; size <= 1_100; size++) {
            frontier.append(naive.leaf(size - 1));
            assertThat(frontier.head()).isEqualTo(naive.head(size));
        }
    }

    @Test
    void a_full_log_is_refused_and_stays_as_it_was() {
        Frontier frontier = new Frontier();
        for (int height = 62; height >= 0; height--) {
            frontier.append(LEAF, height);
        }
        assertThat(frontier.size()).isEqualTo(Long.MAX_VALUE);
        TreeHead head = frontier.head();
        assertThatThrownBy(() -> frontier.append(LEAF)).isInstanceOf(ArithmeticException.class);
        assertThat(frontier.head()).isEqualTo(head);
    }

    @Test
    void a_hash_of_another_size_and_an_impossible_head_are_refused() {
        assertThatThrownBy(() -> TreeHash.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TreeHash.of(new byte[33])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TreeHead(-1, LEAF)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TreeHead(0, LEAF)).isInstanceOf(IllegalArgumentException.class);
    }
}
