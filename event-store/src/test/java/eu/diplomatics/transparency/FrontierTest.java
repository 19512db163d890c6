package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.transparency.TreeException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    void every_root_is_that_of_the_naive_tree_and_every_state_goes_on_after_a_restart() {
        NaiveTree naive = NaiveTree.random(1, 1_100);
        Frontier frontier = new Frontier();
        for (int size = 1; size <= 1_100; size++) {
            frontier.append(naive.leaf(size - 1));
            assertThat(frontier.head()).isEqualTo(naive.head(size));
            byte[] state = frontier.toBytes();
            assertThat(state).hasSize(10 + 32 * Integer.bitCount(size));
            frontier = Frontier.fromBytes(state);
            assertThat(frontier.toBytes()).isEqualTo(state);
        }
    }

    @Test
    void a_copy_grows_alone() {
        Frontier frontier = new Frontier();
        frontier.append(LEAF);
        frontier.copy().append(LEAF);
        assertThat(frontier.size()).isEqualTo(1);
    }

    @Test
    void a_change_of_any_byte_of_the_state_is_refused_or_gives_another_head() {
        Frontier frontier = new Frontier();
        NaiveTree.random(2, 13).leaves(0, 13).forEach(frontier::append);
        byte[] state = frontier.toBytes();
        for (int at = 0; at < state.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = state.clone();
                changed[at] ^= (byte) (1 << bit);
                try {
                    assertThat(Frontier.fromBytes(changed).head()).isNotEqualTo(frontier.head());
                } catch (TreeException e) {
                    assertThat(e.reason()).isEqualTo(Reason.FRONTIER);
                    assertThat(at).as("a hash is not refused by itself").isLessThan(10);
                }
            }
        }
    }

    @Test
    void a_state_that_is_cut_or_longer_is_refused() {
        Frontier frontier = new Frontier();
        NaiveTree.random(3, 7).leaves(0, 7).forEach(frontier::append);
        byte[] state = frontier.toBytes();
        for (int length = 0; length <= state.length + 33; length++) {
            if (length != state.length) {
                byte[] other = Arrays.copyOf(state, length);
                assertThatThrownBy(() -> Frontier.fromBytes(other))
                        .isInstanceOfSatisfying(
                                TreeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FRONTIER));
            }
        }
    }

    @Test
    void a_full_log_is_refused_and_stays_as_it_was() {
        ByteBuffer state =
                ByteBuffer.allocate(10 + 63 * 32).put((byte) 'F').put((byte) 1).putLong(Long.MAX_VALUE);
        Frontier frontier = Frontier.fromBytes(state.array());
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
