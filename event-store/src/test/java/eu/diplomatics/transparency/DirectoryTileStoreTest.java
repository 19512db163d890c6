package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTileStoreTest extends TileStoreSuite {
    @TempDir
    Path directory;

    @Override
    TileStore store() {
        return new DirectoryTileStore(directory);
    }

    @Test
    void tiles_lie_under_their_published_paths_and_nothing_else_is_left() throws Exception {
        store().write(Map.of(new Tile(0, 1234067, 256), new byte[8192], new Tile(1, 4820, 147), new byte[147 * 32]));
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> directory.relativize(file).toString()))
                    .containsExactlyInAnyOrder("tile/0/x001/x234/067", "tile/1/x004/820.p/147");
        }
    }

    @Test
    void what_a_crash_left_half_written_aside_is_no_tile_and_does_not_hinder() throws Exception {
        Files.write(directory.resolve(".writing"), new byte[100]);
        Tile tile = new Tile(0, 0, 256);
        assertThat(store().read(tile)).isEmpty();
        store().write(Map.of(tile, new byte[] {7}));
        assertThat(store().read(tile)).hasValue(new byte[] {7});
        assertThat(directory.resolve(".writing")).doesNotExist();
    }

    @Test
    void a_tree_outlives_the_process() {
        NaiveTree naive = NaiveTree.random(6, 700);
        TreeHead head = TileWriter.resume(store(), TreeHead.EMPTY).append(naive.leaves(0, 600));
        TileWriter resumed = TileWriter.resume(store(), head);
        assertThat(resumed.append(naive.leaves(600, 700))).isEqualTo(naive.head(700));
        TileTree tree = TileTree.open(store(), resumed.head());
        assertThat(tree.inclusion(599)).isEqualTo(naive.path(599, 700));
        assertThat(tree.consistency(600)).isEqualTo(naive.proof(600, 700));
    }

    @Test
    void a_directory_that_is_not_there_is_not_taken_for_a_new_tree() {
        assertThatThrownBy(() -> new DirectoryTileStore(directory.resolve("slip")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_place_that_cannot_be_written_or_read_is_an_error_and_not_a_missing_tile() throws Exception {
        Tile tile = new Tile(0, 0, 256);
        Files.createDirectories(directory.resolve("tile/0/000"));
        assertThatThrownBy(() -> store().read(tile)).isInstanceOf(UncheckedIOException.class);
        Files.createFile(directory.resolve("tile/1"));
        assertThatThrownBy(() -> store().write(Map.of(new Tile(1, 0, 256), new byte[1])))
                .isInstanceOf(UncheckedIOException.class);
    }
}
