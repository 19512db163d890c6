package eu.diplomatics.transparency;

import eu.diplomatics.transparency.TreeException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The partial tiles of a tree, one a level: what the next leaf adds to. At most 255 hashes for each of at most 8 levels,
 * however long the log is. Together they are exactly the {@link Frontier}, in steps of 256 instead of 2.
 */
final class RightEdge {
    /** By level, each with 0 to 255 hashes: {@code floor(size / 256^level) mod 256}. */
    private final List<List<TreeHash>> levels;

    private long size;

    private RightEdge(long size, List<List<TreeHash>> levels) {
        this.size = size;
        this.levels = levels;
    }

    /**
     * The edge of the tree with this head.
     *
     * @throws TreeException when the stored tiles do not give it
     */
    static RightEdge of(TileStore store, TreeHead head) {
        RightEdge edge = read(store, head.size());
        TreeHash stored = edge.head().root();
        if (!stored.equals(head.root())) {
            throw new TreeException(
                    Reason.ROOT, "size " + head.size() + ": " + head.root() + " asked, " + stored + " stored");
        }
        return edge;
    }

    private static RightEdge read(TileStore store, long size) {
        List<List<TreeHash>> levels = new ArrayList<>();
        for (long hashes = size; hashes > 0; hashes >>>= Tile.HEIGHT) {
            int width = (int) (hashes % Tile.FULL);
            levels.add(
                    width == 0
                            ? new ArrayList<>()
                            : readPartial(store, new Tile(levels.size(), hashes >>> Tile.HEIGHT, width)));
        }
        return new RightEdge(size, levels);
    }

    /** A partial tile may have been dropped since the full one is there, which begins with it. */
    private static List<TreeHash> readPartial(TileStore store, Tile tile) {
        Optional<byte[]> partial = store.read(tile);
        return partial.isPresent()
                ? hashes(tile, partial.get())
                : new ArrayList<>(readFull(store, tile).subList(0, tile.width()));
    }

    static List<TreeHash> readFull(TileStore store, Tile tile) {
        Tile full = tile.full();
        return hashes(full, store.read(full).orElseThrow(() -> new TreeException(Reason.TILE_MISSING, tile.path())));
    }

    private static List<TreeHash> hashes(Tile tile, byte[] bytes) {
        if (bytes.length != tile.sizeBytes()) {
            throw new TreeException(Reason.TILE_LENGTH, tile.path());
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        List<TreeHash> hashes = new ArrayList<>();
        while (buffer.hasRemaining()) {
            hashes.add(TreeHash.from(buffer));
        }
        return hashes;
    }

    RightEdge copy() {
        List<List<TreeHash>> copies = new ArrayList<>();
        levels.forEach(hashes -> copies.add(new ArrayList<>(hashes)));
        return new RightEdge(size, copies);
    }

    /** Appends leaves and returns the tiles that the tree has then and did not have before. */
    Map<Tile, byte[]> append(List<TreeHash> leaves) {
        Map<Tile, byte[]> tiles = new LinkedHashMap<>();
        int changed = 0;
        for (TreeHash leaf : leaves) {
            changed = Math.max(changed, append(leaf, tiles));
        }
        for (int level = 0; level < changed; level++) {
            List<TreeHash> hashes = levels.get(level);
            if (!hashes.isEmpty()) {
                put(tiles, level, size >>> Tile.HEIGHT * level, hashes);
            }
        }
        return tiles;
    }

    /** Puts the full tiles this leaf completes; returns how many levels it changed. */
    private int append(TreeHash leaf, Map<Tile, byte[]> tiles) {
        TreeHash hash = leaf;
        int level = 0;
        while (true) {
            if (level == levels.size()) {
                levels.add(new ArrayList<>());
            }
            List<TreeHash> hashes = levels.get(level);
            hashes.add(hash);
            if (hashes.size() < Tile.FULL) {
                break;
            }
            put(tiles, level, size >>> Tile.HEIGHT * level, hashes);
            hash = root(hashes);
            hashes.clear();
            level++;
        }
        size = Math.addExact(size, 1);
        return level + 1;
    }

    private static void put(Map<Tile, byte[]> tiles, int level, long hashesBefore, List<TreeHash> hashes) {
        Tile tile = new Tile(level, hashesBefore >>> Tile.HEIGHT, hashes.size());
        ByteBuffer buffer = ByteBuffer.allocate(tile.sizeBytes());
        hashes.forEach(hash -> hash.putInto(buffer));
        tiles.put(tile, buffer.array());
    }

    /** The root over neighbouring hashes of one level, as if they were all there is. */
    static TreeHash root(List<TreeHash> hashes) {
        Frontier frontier = new Frontier();
        hashes.forEach(frontier::append);
        return frontier.root();
    }

    /** At the cost of some hundred hashes. */
    TreeHead head() {
        Frontier frontier = new Frontier();
        for (int level = levels.size() - 1; level >= 0; level--) {
            for (TreeHash hash : levels.get(level)) {
                frontier.append(hash, Tile.HEIGHT * level);
            }
        }
        return frontier.head();
    }

    List<TreeHash> level(int level) {
        return levels.get(level);
    }
}
