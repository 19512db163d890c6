package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileTest {
    /** The first three by c2sp.org/tlog-tiles, and by the tests of its implementations. */
    @ParameterizedTest
    @CsvSource({
        "0, 1234067, 256, tile/0/x001/x234/067",
        "0, 273, 112, tile/0/273.p/112",
        "2, 0, 1, tile/2/000.p/1",
        "0, 999, 256, tile/0/999",
        "1, 1000, 256, tile/1/x001/000",
        "0, 1234067, 89, tile/0/x001/x234/067.p/89",
        "63, 999999999999999999, 255, tile/63/x999/x999/x999/x999/x999/999.p/255"
    })
    void a_tile_has_its_published_path(int level, long index, int width, String path) {
        Tile tile = new Tile(level, index, width);
        assertThat(tile.path()).isEqualTo(path);
        assertThat(Tile.ofPath(path)).contains(tile);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tile/0",
                "tile/00/000",
                "tile/64/000",
                "tile/0/0",
                "tile/0/00",
                "tile/0/0000",
                "tile/0/x000/001",
                "tile/0/x001",
                "tile/0/001/002",
                "tile/0/x001/x002",
                "tile/0/000.p/0",
                "tile/0/000.p/01",
                "tile/0/000.p/256",
                "tile/0/000.p/1/",
                "tile/0/000.p",
                "tile/0/-01",
                "tile/-1/000",
                "tile/0/../000",
                "tile/0/٠٠٠",
                "tile/0/000\n",
                "tile/0/x999/x999/x999/x999/x999/x999/999",
                "tile/entries/000"
            })
    void another_path_is_no_tile(String path) {
        assertThat(Tile.ofPath(path)).isEmpty();
    }

    @Test
    void every_tile_comes_back_from_its_path() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            long index = random.nextLong(1L << random.nextInt(1, 59));
            Tile tile = new Tile(random.nextInt(64), index, random.nextInt(1, 257));
            assertThat(Tile.ofPath(tile.path())).contains(tile);
        }
    }

    @Test
    void numbers_out_of_bounds_are_refused() {
        int[][] wrong = {{-1, 0, 1}, {64, 0, 1}, {0, -1, 1}, {0, 0, 0}, {0, 0, 257}};
        for (int[] tile : wrong) {
            assertThatThrownBy(() -> new Tile(tile[0], tile[1], tile[2])).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
