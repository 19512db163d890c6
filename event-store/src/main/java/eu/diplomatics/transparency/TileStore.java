package eu.diplomatics.transparency;

import java.util.Map;
import java.util.Optional;

/**
 * Where tiles lie. They are public, they may be copied anywhere, and whoever reads them verifies them: a store that
 * changes one is found out by {@link TileTree}.
 */
public interface TileStore {
    /**
     * The tile of exactly these coordinates and this width, as it was stored.
     *
     * @throws java.io.UncheckedIOException when the store does not answer; to be tried again
     */
    Optional<byte[]> read(Tile tile);

    /**
     * Stores tiles. Each becomes visible as a whole or not at all, and all are durable when this returns. A tile that
     * is there with the same content stays, so that an attempt which broke off can be made again.
     *
     * @throws TreeException of {@link TreeException.Reason#TILE_CONFLICT} when another content is there: it stays
     * @throws java.io.UncheckedIOException when the store does not answer; to be tried again
     */
    void write(Map<Tile, byte[]> tiles);
}
