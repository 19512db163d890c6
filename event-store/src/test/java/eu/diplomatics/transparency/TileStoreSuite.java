package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.transparency.TreeException.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every store of tiles does. */
abstract class TileStoreSuite {
    private static final Tile PARTIAL = new Tile(0, 1234067, 2);
    private static final Tile FULL = new Tile(0, 1234067, 256);

    abstract TileStore store() throws Exception;

    @Test
    void a_tile_that_was_written_is_read_and_no_other() throws Exception {
        TileStore store = store();
        assertThat(store.read(PARTIAL)).isEmpty();
        byte[] bytes = {1, 2, 3};
        store.write(Map.of(PARTIAL, bytes));
        assertThat(store.read(PARTIAL)).hasValue(bytes);
        assertThat(store.read(FULL)).isEmpty();
        assertThat(store.read(new Tile(0, 1234067, 3))).isEmpty();
        assertThat(store.read(new Tile(1, 1234067, 2))).isEmpty();
    }

    @Test
    void partial_and_full_tiles_lie_side_by_side() throws Exception {
        TileStore store = store();
        store.write(Map.of(PARTIAL, new byte[] {1}, FULL, new byte[] {2}));
        assertThat(store.read(PARTIAL)).hasValue(new byte[] {1});
        assertThat(store.read(FULL)).hasValue(new byte[] {2});
    }

    @Test
    void the_same_tile_may_be_written_again_and_another_content_never_replaces_it() throws Exception {
        TileStore store = store();
        store.write(Map.of(FULL, new byte[] {1, 2}));
        store.write(Map.of(FULL, new byte[] {1, 2}));
        assertThatThrownBy(() -> store.write(Map.of(FULL, new byte[] {1, 3})))
                .isInstanceOfSatisfying(
                        TreeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TILE_CONFLICT));
        assertThat(store.read(FULL)).hasValue(new byte[] {1, 2});
    }
}
