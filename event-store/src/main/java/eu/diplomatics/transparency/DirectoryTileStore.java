package eu.diplomatics.transparency;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import eu.diplomatics.transparency.TreeException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tiles as files under their C2SP paths, so that any web server can hand the directory out as it lies. A tile is
 * written aside, forced to disk and moved to its place; directories are forced before {@link #write} returns. What a
 * crash leaves aside is overwritten by the next write. One writer at a time; readers at any time.
 */
public final class DirectoryTileStore implements TileStore {
    private static final String ASIDE = ".writing";

    private final Path root;

    /**
     * Opens a store.
     *
     * @param root must be there: a path with a slip in it, or a disk that is not mounted, is not taken for a new tree
     */
    public DirectoryTileStore(Path root) {
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("no directory: " + root);
        }
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public Optional<byte[]> read(Tile tile) {
        try {
            return Optional.of(Files.readAllBytes(file(tile)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void write(Map<Tile, byte[]> tiles) {
        Set<Path> directories = new LinkedHashSet<>();
        try {
            for (Map.Entry<Tile, byte[]> tile : tiles.entrySet()) {
                write(tile.getKey(), tile.getValue());
                // also of a tile that was there: an attempt that broke off may not have come so far
                Path directory = file(tile.getKey()).getParent();
                for (; directory != null && directory.startsWith(root); directory = directory.getParent()) {
                    directories.add(directory);
                }
            }
            for (Path directory : directories) {
                force(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Tile tile, byte[] bytes) throws IOException {
        Optional<byte[]> there = read(tile);
        if (there.isPresent()) {
            if (!Arrays.equals(there.get(), bytes)) {
                throw new TreeException(Reason.TILE_CONFLICT, tile.path());
            }
            return;
        }
        Path aside = root.resolve(ASIDE);
        try (FileChannel channel = FileChannel.open(aside, CREATE, TRUNCATE_EXISTING, WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Path file = file(tile);
        Files.createDirectories(file.getParent());
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A directory must be forced too, or a crash may lose the names in it. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private Path file(Tile tile) {
        return root.resolve(tile.path());
    }
}
