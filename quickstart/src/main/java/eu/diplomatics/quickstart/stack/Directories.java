package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removing folders with all that is in them. */
final class Directories {
    private Directories() {}

    /** Deletes it, if it is there, and says how many bytes its files had. */
    static long delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return 0;
        }
        long bytes = 0;
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : all) {
                if (Files.isRegularFile(file)) {
                    bytes += Files.size(file);
                }
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return bytes;
    }
}
