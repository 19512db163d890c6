package eu.diplomatics.transparency;

/** The stored tree is not as it must be; nothing of it was used. The message holds coordinates and hashes only. */
public final class TreeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    TreeException(Reason reason, String where) {
        super(reason + ": " + where);
        this.reason = reason;
    }

    /** What a {@link TileStore} throws that holds another content under a tile's coordinates. */
    public static TreeException conflict(Tile tile) {
        return new TreeException(Reason.TILE_CONFLICT, tile.path());
    }

    public Reason reason() {
        return reason;
    }

    /** What was wrong. */
    public enum Reason {
        /** A tile that the tree's size calls for is not there, neither partial nor full. */
        TILE_MISSING,
        /** A tile has more or fewer bytes than its width says. */
        TILE_LENGTH,
        /** A full tile does not hash to what the tile above it says: the message names the tile. */
        TILE_CHANGED,
        /** The tiles at the right edge do not give the root that was asked for: one of them, or size or root, is wrong. */
        ROOT,
        /** Another content is stored under the same coordinates. Tiles never change, so nothing was overwritten. */
        TILE_CONFLICT
    }
}
