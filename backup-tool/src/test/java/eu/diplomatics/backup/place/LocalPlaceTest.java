package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPlaceTest {
    private static final byte[] CONTENT = "a segment".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private LocalPlace place;

    @BeforeEach
    void open() throws Exception {
        place = new LocalPlace(directory.resolve("place"));
    }

    private Path spooled(byte[] content) throws Exception {
        Path file = place.spool().resolve("made");
        Files.write(file, content);
        return file;
    }

    private static byte[] sha256(byte[] content) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(content);
    }

    @Test
    void givesBackWhatItWasGivenAndListsItWithoutItsSpool() throws Exception {
        place.put("generations/one/a.segment", spooled(CONTENT), sha256(CONTENT));
        spooled(CONTENT);

        try (InputStream in = place.open("generations/one/a.segment")) {
            assertThat(in.readAllBytes()).isEqualTo(CONTENT);
        }
        assertThat(place.list("")).containsExactly(new PlacedObject("generations/one/a.segment", CONTENT.length));
        assertThat(place.list("generations/two")).isEmpty();
    }

    @Test
    void neverPutsAnythingOverWhatIsThere() throws Exception {
        place.put("a", spooled(CONTENT), sha256(CONTENT));

        assertThatThrownBy(() -> place.put("a", spooled(CONTENT), sha256(CONTENT)))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void saysWhenItDoesNotHoldWhatItWasToldToHold() {
        assertThatThrownBy(() -> place.put("a", spooled(CONTENT), sha256(new byte[0])))
                .isInstanceOf(PlaceException.class);
    }

    @Test
    void replacesAsAWholeAndForgetsWithTheFoldersThatAreLeftEmpty() throws Exception {
        place.replace("one/two/index", CONTENT);
        place.replace("one/two/index", new byte[] {1});
        try (InputStream in = place.open("one/two/index")) {
            assertThat(in.readAllBytes()).containsExactly(1);
        }

        place.delete("one/two/index");
        place.delete("one/two/index");

        assertThatThrownBy(() -> place.open("one/two/index")).isInstanceOf(NoSuchFileException.class);
        assertThat(directory.resolve("place/one")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../outside",
                "a/../../outside",
                "a//b",
                "a/./b",
                ".hidden",
                "a/B",
                "a b",
                "a\nb"
            })
    void takesNoNameThatLeadsElsewhere(String name) {
        assertThatThrownBy(() -> place.open(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> place.replace(name, CONTENT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> place.put(name, spooled(CONTENT), sha256(CONTENT)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../outside", "/etc/passwd", "a/../.."})
    void removesNothingOutside(String name) throws Exception {
        Files.writeString(directory.resolve("outside"), "x");

        assertThatThrownBy(() -> place.delete(name)).isInstanceOf(IllegalArgumentException.class);

        assertThat(directory.resolve("outside")).exists();
    }
}
