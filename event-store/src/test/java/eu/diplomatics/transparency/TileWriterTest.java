package eu.diplomatics.transparency;

import static eu.diplomatics.transparency.TileTamperingTest.assertReason;
import static eu.diplomatics.transparency.TileTreeTest.assertProofs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.transparency.TreeException.Reason;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TileWriterTest {
    private final MemoryTileStore store = new MemoryTileStore();

    /** The example of c2sp.org/tlog-tiles. */
    @Test
    void a_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts() {
        TileWriter.resume(store, TreeHead.EMPTY)
                .append(NaiveTree.random(8, 70_000).leaves(0, 70_000));
        Set<String> paths = store.tiles.keySet().stream().map(Tile::path).collect(Collectors.toSet());
        assertThat(paths)
                .hasSize(273 + 4)
                .contains(
                        "tile/0/000",
                        "tile/0/272",
                        "tile/0/273.p/112",
                        "tile/1/000",
                        "tile/1/001.p/17",
                        "tile/2/000.p/1");
    }

    @Test
    void a_tree_of_256_leaves_has_a_full_tile_and_a_partial_one_above() {
        TileWriter.resume(store, TreeHead.EMPTY).append(NaiveTree.random(9, 256).leaves(0, 256));
        assertThat(store.tiles).containsOnlyKeys(new Tile(0, 0, 256), new Tile(1, 0, 1));
    }

    /** Without a log to match: one hash stands for the million million leaves before. */
    @Test
    void an_append_costs_the_same_however_long_the_log_is() {
        NaiveTree naive = NaiveTree.random(11, 1_001);
        long before = 1L << 62;
        List<TreeHash> subtrees = naive.leaves(0, 64);
        Tile top = new Tile(7, 0, 64);
        store.write(Map.of(top, bytes(subtrees)));
        TreeHead head = new TreeHead(before, RightEdge.root(subtrees));
        TileWriter writer = TileWriter.resume(store, head);
        store.reads = 0;
        store.written = 0;

        TreeHead grown = writer.append(naive.leaves(0, 1_000));

        // 3 full tiles, 1 partial of leaves, 1 partial above; a new log has the same
        assertThat(store.written).isEqualTo(5);
        assertThat(store.reads).isZero();
        MemoryTileStore empty = new MemoryTileStore();
        TileWriter.resume(empty, TreeHead.EMPTY).append(naive.leaves(0, 1_000));
        assertThat(empty.written).isEqualTo(5);

        TileTree tree = TileTree.open(store, grown);
        assertThat(grown.size()).isEqualTo(before + 1_000);
        assertThat(Proofs.consistent(head, grown, tree.consistency(before))).isTrue();
        assertThat(Proofs.includes(grown, before + 999, naive.leaf(999), tree.inclusion(before + 999)))
                .isTrue();
        assertThat(Proofs.includes(grown, before + 998, naive.leaf(999), tree.inclusion(before + 999)))
                .isFalse();
    }

    @Test
    void single_appends_write_one_tile_a_level_at_most_and_read_none() {
        NaiveTree naive = NaiveTree.random(12, 66_000);
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        writer.append(naive.leaves(0, 65_400));
        store.reads = 0;
        for (int size = 65_400; size < 66_000; size++) {
            store.written = 0;
            writer.append(naive.leaves(size, size + 1));
            // one partial tile; where tiles become full, those and the partial one above
            assertThat(store.written).isEqualTo((size + 1) % 65_536 == 0 ? 3 : (size + 1) % 256 == 0 ? 2 : 1);
        }
        assertThat(store.reads).isZero();
        assertThat(writer.head()).isEqualTo(naive.head(66_000));
    }

    @Test
    void an_append_that_breaks_off_leaves_the_tree_as_it_was_and_can_be_made_again() {
        NaiveTree naive = NaiveTree.random(13, 1_000);
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        writer.append(naive.leaves(0, 100));
        for (int taken = 0; taken < 4; taken++) {
            store.taking = taken;
            assertThatThrownBy(() -> writer.append(naive.leaves(100, 1_000))).isInstanceOf(UncheckedIOException.class);
            assertThat(writer.head()).isEqualTo(naive.head(100));
            assertThat(TileTree.open(store, writer.head()).head()).isEqualTo(naive.head(100));
        }
        store.taking = Integer.MAX_VALUE;
        // as a process that starts again does, and with other batches than at first
        TileWriter resumed = TileWriter.resume(store, naive.head(100));
        resumed.append(naive.leaves(100, 400));
        assertThat(resumed.append(naive.leaves(400, 1_000))).isEqualTo(naive.head(1_000));
        assertProofs(naive, TileTree.open(store, resumed.head()), 700, 300);
    }

    @Test
    void other_leaves_under_the_same_positions_are_refused_and_replace_nothing() {
        NaiveTree naive = NaiveTree.random(14, 300);
        TileWriter.resume(store, TreeHead.EMPTY).append(naive.leaves(0, 300));
        TileWriter forked = TileWriter.resume(store, TreeHead.EMPTY);
        assertReason(
                Reason.TILE_CONFLICT,
                () -> forked.append(NaiveTree.random(15, 300).leaves(0, 300)));
        assertThat(TileTree.open(store, naive.head(300)).inclusion(7)).isEqualTo(naive.path(7, 300));
    }

    @Test
    void nothing_appended_writes_nothing() {
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        assertThat(writer.append(List.of())).isEqualTo(TreeHead.EMPTY);
        assertThat(store.written).isZero();
        assertThat(TileTree.open(store, TreeHead.EMPTY).headAt(0)).isEqualTo(TreeHead.EMPTY);
    }

    private static byte[] bytes(List<TreeHash> hashes) {
        byte[] bytes = new byte[hashes.size() * 32];
        for (int i = 0; i < hashes.size(); i++) {
            System.arraycopy(hashes.get(i).bytes(), 0, bytes, 32 * i, 32);
        }
        return bytes;
    }
}
