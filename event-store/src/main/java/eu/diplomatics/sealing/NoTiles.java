package eu.diplomatics.sealing;

import eu.diplomatics.transparency.Tile;
import eu.diplomatics.transparency.TileStore;
import java.util.Map;
import java.util.Optional;

/** Keeps nothing: for a tree of which only the root is asked. */
final class NoTiles implements TileStore {
    @Override
    public Optional<byte[]> read(Tile tile) {
        return Optional.empty();
    }

    @Override
    public void write(Map<Tile, byte[]> tiles) {}
}
