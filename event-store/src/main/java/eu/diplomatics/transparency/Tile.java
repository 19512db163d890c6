package eu.diplomatics.transparency;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Coordinates of a tile (<a href="https://c2sp.org/tlog-tiles">c2sp.org/tlog-tiles</a>): up to 256 neighbouring hashes
 * of the tree, those of complete subtrees of 256^level leaves, from the subtree number {@code index * 256} on.
 *
 * @param level 0 to 63; at level 0 stand the leaves
 * @param index from 0
 * @param width number of hashes, 1 to 255 in a partial tile, 256 in a full one
 */
public record Tile(int level, long index, int width) {
    /** Hashes in a full tile. */
    public static final int FULL = 256;

    static final int HEIGHT = 8;

    private static final int MAX_LEVEL = 63;
    private static final Pattern PATH =
            Pattern.compile("tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    /** @throws IllegalArgumentException when a number is out of its bounds */
    public Tile {
        if (level < 0 || level > MAX_LEVEL || index < 0 || width < 1 || width > FULL) {
            throw new IllegalArgumentException("no tile: level " + level + ", index " + index + ", width " + width);
        }
    }

    /** Reads a path, in the one form {@link #path} writes; nothing else is a tile. */
    public static Optional<Tile> ofPath(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String digits = matcher.group(2).replace("/", "").replace("x", "");
        int level = Integer.parseInt(matcher.group(1));
        int width = matcher.group(3) == null ? FULL : Integer.parseInt(matcher.group(3));
        boolean partial = matcher.group(3) != null;
        if (level > MAX_LEVEL || digits.length() > 18 || (partial && width >= FULL)) {
            return Optional.empty();
        }
        Tile tile = new Tile(level, Long.parseLong(digits), width);
        // a group of zeros in front would be a second name for the same tile
        return tile.path().equals(path) ? Optional.of(tile) : Optional.empty();
    }

    /** {@code tile/<L>/<N>[.p/<W>]}, where index 1234067 is {@code x001/x234/067}. */
    public String path() {
        StringBuilder number = new StringBuilder(threeDigits(index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            number.insert(0, "x" + threeDigits(rest % 1000) + "/");
        }
        String path = "tile/" + level + "/" + number;
        return isFull() ? path : path + ".p/" + width;
    }

    public boolean isFull() {
        return width == FULL;
    }

    public int sizeBytes() {
        return width * TreeHash.BYTES;
    }

    /** The full tile at these coordinates. */
    Tile full() {
        return new Tile(level, index, FULL);
    }

    private static String threeDigits(long group) {
        return Long.toString(1000 + group).substring(1);
    }
}
