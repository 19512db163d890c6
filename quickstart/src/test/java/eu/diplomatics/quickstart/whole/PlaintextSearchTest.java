package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.quickstart.whole.PlaintextSearch.Finding;
import eu.diplomatics.quickstart.whole.PlaintextSearch.Needle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search behind R09 and R18 must itself be able to find. */
class PlaintextSearchTest {
    private static final String SECRET = "Academische bachelor Wijsbegeerte";
    private final PlaintextSearch search = new PlaintextSearch(List.of(new Needle("title", SECRET)));

    @TempDir
    private Path folder;

    @Test
    void findsAValueInEachEncoding() throws IOException {
        Files.writeString(folder.resolve("utf8"), "xx" + SECRET + "yy");
        Files.write(folder.resolve("utf16le"), SECRET.getBytes(StandardCharsets.UTF_16LE));
        Files.write(folder.resolve("utf16be"), SECRET.getBytes(StandardCharsets.UTF_16BE));
        for (int before = 0; before < 3; before++) {
            String padded = "z".repeat(before) + SECRET + "tail";
            Files.writeString(
                    folder.resolve("base64-" + before),
                    Base64.getEncoder().encodeToString(padded.getBytes(StandardCharsets.UTF_8)));
        }

        assertThat(search.in(List.of(folder)).findings())
                .extracting(Finding::file)
                .map(path -> path.getFileName().toString())
                .contains("utf8", "utf16le", "utf16be", "base64-0", "base64-1", "base64-2");
    }

    @Test
    void findsAValueThatCrossesTheBlocksItReads() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[(1 << 20) - 7]);
        bytes.write(SECRET.getBytes(StandardCharsets.UTF_8));
        bytes.write(new byte[100]);
        Files.write(folder.resolve("large"), bytes.toByteArray());

        assertThat(search.in(List.of(folder)).findings()).hasSize(1);
    }

    @Test
    void goesOnWithTheOthersWhenFoldersVanishMeanwhile() throws Exception {
        for (int i = 0; i < 40; i++) {
            Files.writeString(
                    Files.createDirectories(folder.resolve("stays-" + i)).resolve("file"), SECRET);
        }
        AtomicBoolean enough = new AtomicBoolean();
        Thread churn = Thread.ofPlatform().start(() -> {
            while (!enough.get()) {
                try {
                    for (int i = 0; i < 40; i++) {
                        Files.createDirectories(folder.resolve("goes-" + i));
                    }
                    for (int i = 0; i < 40; i++) {
                        Files.delete(folder.resolve("goes-" + i));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        try {
            for (int round = 0; round < 100; round++) {
                assertThat(search.in(List.of(folder)).findings()).hasSize(40);
            }
        } finally {
            enough.set(true);
            churn.join();
        }
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        Files.writeString(folder.resolve("other"), "Academische bachelor Wiskunde".repeat(1000));

        assertThat(search.in(List.of(folder)).findings()).isEmpty();
    }
}
