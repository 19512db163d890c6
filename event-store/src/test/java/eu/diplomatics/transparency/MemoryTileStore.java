package eu.diplomatics.transparency;

import eu.diplomatics.transparency.TreeException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tiles in memory that counts what is asked of it and fails when it is told to. */
final class MemoryTileStore implements TileStore {
    final Map<Tile, byte[]> tiles = new HashMap<>();
    int reads;
    int written;

    /** How many more tiles are taken before the store breaks off. */
    int taking = Integer.MAX_VALUE;

    @Override
    public Optional<byte[]> read(Tile tile) {
        reads++;
        return Optional.ofNullable(tiles.get(tile)).map(byte[]::clone);
    }

    @Override
    public void write(Map<Tile, byte[]> added) {
        added.forEach((tile, bytes) -> {
            if (taking-- <= 0) {
                throw new UncheckedIOException(new IOException("broken off"));
            }
            byte[] there = tiles.putIfAbsent(tile, bytes.clone());
            if (there != null && !Arrays.equals(there, bytes)) {
                throw new TreeException(Reason.TILE_CONFLICT, tile.path());
            }
            written++;
        });
    }
}
