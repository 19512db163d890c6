package eu.diplomatics.transparency;

import static eu.diplomatics.transparency.TileTreeTest.assertProofs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import eu.diplomatics.transparency.TreeException.Reason;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TileTamperingTest {
    private final MemoryTileStore store = new MemoryTileStore();

    @Test
    void a_change_of_any_byte_of_any_tile_is_found_and_the_tile_is_named() {
        NaiveTree naive = NaiveTree.random(16, 600);
        TreeHead head = TileWriter.resume(store, TreeHead.EMPTY).append(naive.leaves(0, 600));
        for (Tile tile : List.copyOf(store.tiles.keySet())) {
            byte[] bytes = store.read(tile).orElseThrow();
            for (int at = 0; at < bytes.length; at += tile.isFull() ? 13 : 1) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) (1 << at % 8);
                store.tiles.put(tile, changed);
                if (tile.isFull()) {
                    TileTree tree = TileTree.open(store, head);
                    long index = tile.index() * 256 + (at / 32 + 100) % 256;
                    assertReason(Reason.TILE_CHANGED, tile.path(), () -> tree.inclusion(index));
                    assertReason(Reason.TILE_CHANGED, tile.path(), () -> tree.leaf(index));
                } else {
                    assertReason(Reason.ROOT, () -> TileTree.open(store, head));
                    assertReason(Reason.ROOT, () -> TileWriter.resume(store, head));
                }
            }
            store.tiles.put(tile, bytes);
        }
        assertProofs(naive, TileTree.open(store, head), 599, 300);
    }

    @Test
    void a_tile_that_is_cut_longer_or_gone_is_named() {
        NaiveTree naive = NaiveTree.random(17, 600);
        TreeHead head = TileWriter.resume(store, TreeHead.EMPTY).append(naive.leaves(0, 600));
        for (Tile tile : List.copyOf(store.tiles.keySet())) {
            byte[] bytes = store.read(tile).orElseThrow();
            ThrowingCallable reading =
                    () -> TileTree.open(store, head).inclusion(tile.level() == 0 ? tile.index() * 256 : 0);
            for (int length :
                    new int[] {0, 1, bytes.length - 32, bytes.length - 1, bytes.length + 1, bytes.length + 32}) {
                store.tiles.put(tile, Arrays.copyOf(bytes, length));
                assertReason(Reason.TILE_LENGTH, tile.path(), reading);
            }
            store.tiles.remove(tile);
            assertReason(Reason.TILE_MISSING, tile.path(), reading);
            store.tiles.put(tile, bytes);
        }
    }

    /** The tail cut off, or an old copy put back: the head that was signed cannot be had from what is left. */
    @Test
    void another_size_or_root_is_not_opened() {
        NaiveTree naive = NaiveTree.random(18, 600);
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        for (int size = 0; size < 600; size += 100) {
            writer.append(naive.leaves(size, size + 100));
        }
        for (int size = 100; size <= 600; size += 100) {
            for (int other = 100; other <= 600; other += 100) {
                TreeHead head = new TreeHead(size, naive.head(other).root());
                if (other != size) {
                    assertReason(Reason.ROOT, () -> TileTree.open(store, head));
                    assertReason(Reason.ROOT, () -> TileWriter.resume(store, head));
                }
            }
        }
        assertReason(Reason.TILE_MISSING, () -> TileTree.open(store, naive.head(599)));
    }

    static void assertReason(Reason reason, ThrowingCallable call) {
        assertReason(reason, "", call);
    }

    private static void assertReason(Reason reason, String where, ThrowingCallable call) {
        try {
            call.call();
        } catch (TreeException e) {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            assertThat(e.getMessage()).endsWith(where);
            return;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        fail("not refused");
    }
}
