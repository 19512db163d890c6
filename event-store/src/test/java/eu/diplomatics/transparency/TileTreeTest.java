package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileTreeTest {
    private final MemoryTileStore store = new MemoryTileStore();

    @Test
    void all_proofs_of_all_small_trees_are_those_of_the_naive_tree_and_verify() {
        int largest = 300;
        NaiveTree naive = NaiveTree.random(7, largest);
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        for (int size = 1; size <= largest; size++) {
            TreeHead head = writer.append(naive.leaves(size - 1, size));
            assertThat(head).isEqualTo(naive.head(size));
            TileTree tree = TileTree.open(store, head);
            // beyond the first tile every proof would cost its hashes: a sample there
            for (int i = 0; i < size; i += size > 260 ? 7 : 1) {
                assertProofs(naive, tree, i, i + 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {511, 512, 513, 65_535, 65_536, 65_537, 70_000})
    void proofs_of_large_trees_are_those_of_the_naive_tree(int size) {
        NaiveTree naive = NaiveTree.random(size, size);
        Random random = new Random(size);
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        for (int from = 0; from < size; ) {
            int to = Math.min(size, from + 1 + random.nextInt(20_000));
            assertThat(writer.append(naive.leaves(from, to))).isEqualTo(naive.head(to));
            from = to;
        }
        TileTree tree = TileTree.open(store, writer.head());
        assertProofs(naive, tree, 0, 1);
        assertProofs(naive, tree, size - 1, size);
        for (int i = 0; i < 100; i++) {
            assertProofs(naive, tree, random.nextInt(size), 1 + random.nextInt(size));
        }
    }

    static void assertProofs(NaiveTree naive, TileTree tree, int index, int earlier) {
        int size = (int) tree.head().size();
        List<TreeHash> inclusion = tree.inclusion(index);
        assertThat(inclusion).isEqualTo(naive.path(index, size));
        assertThat(tree.leaf(index)).isEqualTo(naive.leaf(index));
        assertThat(Proofs.includes(tree.head(), index, naive.leaf(index), inclusion))
                .isTrue();
        List<TreeHash> consistency = tree.consistency(earlier);
        assertThat(consistency).isEqualTo(naive.proof(earlier, size));
        assertThat(tree.headAt(earlier)).isEqualTo(naive.head(earlier));
        assertThat(Proofs.consistent(naive.head(earlier), tree.head(), consistency))
                .isTrue();
    }

    @Test
    void trees_of_every_published_size_are_read_from_the_tiles_of_the_last() {
        NaiveTree naive = NaiveTree.random(10, 600);
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        for (int size = 0; size < 600; size += 50) {
            writer.append(naive.leaves(size, size + 50));
        }
        // a partial tile may be dropped when the full one is there
        store.tiles.keySet().removeIf(tile -> !tile.isFull() && store.tiles.containsKey(tile.full()));
        for (int size = 50; size <= 600; size += 50) {
            TileTree tree = TileTree.open(store, naive.head(size));
            assertProofs(naive, tree, size / 3, size / 2);
        }
    }

    @Test
    void what_lies_beyond_the_tree_is_not_proved() {
        TileTree tree = TileTree.open(
                store,
                TileWriter.resume(store, TreeHead.EMPTY)
                        .append(NaiveTree.random(19, 5).leaves(0, 5)));
        List<ThrowingCallable> beyond = new ArrayList<>();
        for (long index : new long[] {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE}) {
            beyond.add(() -> tree.inclusion(index));
            beyond.add(() -> tree.leaf(index));
        }
        beyond.add(() -> tree.consistency(0));
        beyond.add(() -> tree.consistency(6));
        beyond.add(() -> tree.headAt(-1));
        beyond.add(() -> tree.headAt(6));
        beyond.forEach(call -> assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class));
    }
}
