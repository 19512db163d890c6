package eu.diplomatics.quickstart.whole;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for known values in every file below some folders: as UTF-8, as UTF-16 of either byte order, and as base64 of
 * the UTF-8 bytes at each of the three alignments. A finding names the file and the kind of value, never the value.
 */
final class PlaintextSearch {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int PREFIX_BYTES = 4;

    private final List<Pattern> patterns = new ArrayList<>();
    private final BitSet prefixes = new BitSet(1 << 16);
    private int longest;

    /** A value and what to call it in a finding. */
    record Needle(String name, String value) {}

    record Finding(Path file, String needle, String encoding) {}

    private record Pattern(String needle, String encoding, byte[] bytes) {}

    PlaintextSearch(Collection<Needle> needles) {
        for (Needle needle : needles) {
            add(needle, "UTF-8", needle.value().getBytes(StandardCharsets.UTF_8));
            addText(needle, StandardCharsets.UTF_16LE);
            addText(needle, StandardCharsets.UTF_16BE);
            addBase64(needle);
        }
    }

    private void addText(Needle needle, Charset charset) {
        add(needle, charset.name(), needle.value().getBytes(charset));
    }

    /** Only the characters that depend on nothing but the value: the first and last groups mix with their neighbours. */
    private void addBase64(Needle needle) {
        byte[] value = needle.value().getBytes(StandardCharsets.UTF_8);
        for (int alignment = 0; alignment < 3; alignment++) {
            byte[] shifted = new byte[alignment + value.length];
            System.arraycopy(value, 0, shifted, alignment, value.length);
            String encoded = java.util.Base64.getEncoder().withoutPadding().encodeToString(shifted);
            int from = alignment == 0 ? 0 : alignment + 1;
            int to = shifted.length * 8 / 6;
            String stable = encoded.substring(from, to);
            add(needle, "base64+" + alignment, stable.getBytes(StandardCharsets.US_ASCII));
            String urlSafe = stable.replace('+', '-').replace('/', '_');
            if (!urlSafe.equals(stable)) {
                add(needle, "base64url+" + alignment, urlSafe.getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private void add(Needle needle, String encoding, byte[] bytes) {
        if (bytes.length < PREFIX_BYTES + 2) {
            throw new IllegalArgumentException(
                    "too short to be searched for without chance findings: " + needle.name());
        }
        patterns.add(new Pattern(needle.name(), encoding, bytes));
        prefixes.set((bytes[0] & 0xff) << 8 | bytes[1] & 0xff);
        longest = Math.max(longest, bytes.length);
    }

    /**
     * All findings in regular files below {@code roots}. A file or folder that vanishes meanwhile is passed over, alone;
     * one that cannot be read for any other reason is an error.
     */
    Report in(Collection<Path> roots) {
        List<Finding> findings = new ArrayList<>();
        List<Path> visited = new ArrayList<>();
        long[] bytes = new long[1];
        FileVisitor<Path> visitor = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                visited.add(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    visited.add(file);
                    bytes[0] += search(file, findings);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return passOver(failure);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : passOver(failure);
            }
        };
        for (Path root : roots) {
            try {
                Files.walkFileTree(root, visitor);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Report(findings, visited, bytes[0]);
    }

    private static FileVisitResult passOver(IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }

    /** @param visited every folder entered and every file read */
    record Report(List<Finding> findings, List<Path> visited, long bytes) {}

    /** The names of the values that stand in the text as they are. */
    List<String> inText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<Finding> findings = new ArrayList<>();
        searchWindow(Path.of("text"), bytes, bytes.length, findings);
        return findings.stream().map(Finding::needle).toList();
    }

    private long search(Path file, List<Finding> findings) throws IOException {
        long total = 0;
        byte[] window = new byte[BLOCK_BYTES + longest];
        int kept = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BLOCK_BYTES)) {
            for (int read = in.readNBytes(window, kept, BLOCK_BYTES);
                    read > 0;
                    read = in.readNBytes(window, kept, BLOCK_BYTES)) {
                total += read;
                int filled = kept + read;
                searchWindow(file, window, filled, findings);
                kept = Math.min(longest - 1, filled);
                System.arraycopy(window, filled - kept, window, 0, kept);
            }
        } catch (NoSuchFileException e) {
            return total;
        }
        return total;
    }

    private void searchWindow(Path file, byte[] window, int filled, List<Finding> findings) {
        for (int at = 0; at + 1 < filled; at++) {
            if (!prefixes.get((window[at] & 0xff) << 8 | window[at + 1] & 0xff)) {
                continue;
            }
            for (Pattern pattern : patterns) {
                int end = at + pattern.bytes().length;
                if (end <= filled && Arrays.equals(window, at, end, pattern.bytes(), 0, pattern.bytes().length)) {
                    findings.add(new Finding(file, pattern.needle(), pattern.encoding()));
                }
            }
        }
    }
}
