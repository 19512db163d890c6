package eu.diplomatics.quickstart.whole;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks for ciphertexts in every file below some folders, by pieces of them wherever they stand. */
final class ByteSearch {
    /** Random bytes: so many are found by chance in no file of this world. */
    private static final int PIECE_BYTES = 32;

    private static final int BLOCK_BYTES = 1 << 22;

    private final Map<Long, List<byte[]>> pieces = new HashMap<>();

    /** The salt with the beginning of the commitment, a piece from the middle, and the end: pages and segments cut rows. */
    ByteSearch(Collection<byte[]> ciphertexts) {
        for (byte[] ciphertext : ciphertexts) {
            for (int from :
                    new int[] {0, ciphertext.length / 3, ciphertext.length * 2 / 3, ciphertext.length - PIECE_BYTES}) {
                byte[] piece = Arrays.copyOfRange(ciphertext, from, from + PIECE_BYTES);
                pieces.computeIfAbsent(ByteBuffer.wrap(piece).getLong(), any -> new ArrayList<>())
                        .add(piece);
            }
        }
    }

    /** The files that hold a piece. */
    List<Path> in(Collection<Path> roots) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : roots) {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isRegularFile() && holds(file)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        }
        return found;
    }

    private boolean holds(Path file) throws IOException {
        byte[] window = new byte[BLOCK_BYTES + PIECE_BYTES - 1];
        int kept = 0;
        try (var in = Files.newInputStream(file)) {
            for (int read = in.readNBytes(window, 0, BLOCK_BYTES);
                    read > 0;
                    read = in.readNBytes(window, kept, BLOCK_BYTES)) {
                int filled = kept + read;
                if (holds(window, filled)) {
                    return true;
                }
                kept = Math.min(PIECE_BYTES - 1, filled);
                System.arraycopy(window, filled - kept, window, 0, kept);
            }
        } catch (NoSuchFileException vanished) {
            return false;
        }
        return false;
    }

    private boolean holds(byte[] window, int filled) {
        long eight = 0;
        for (int at = 0; at < filled; at++) {
            eight = eight << 8 | window[at] & 0xff;
            int from = at - Long.BYTES + 1;
            if (from >= 0 && from + PIECE_BYTES <= filled) {
                for (byte[] piece : pieces.getOrDefault(eight, List.of())) {
                    if (Arrays.equals(window, from, from + PIECE_BYTES, piece, 0, PIECE_BYTES)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
