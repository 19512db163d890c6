package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every place does, whatever it is. */
abstract class PlaceContract {
    static final byte[] CONTENT = "a segment".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    Place place;

    /** An empty one. */
    abstract Place open() throws Exception;

    @BeforeEach
    void openPlace() throws Exception {
        place = open();
    }

    @AfterEach
    void closePlace() throws IOException {
        place.close();
    }

    Path spooled(byte[] content) throws Exception {
        Path file = place.spool().resolve("made");
        Files.write(file, content);
        return file;
    }

    static byte[] sha256(byte[] content) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(content);
    }

    void put(String name, byte[] content) throws Exception {
        place.put(name, spooled(content), sha256(content));
    }

    byte[] read(String name) throws IOException {
        try (InputStream in = place.open(name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void givesBackWhatItWasGivenAndListsItWithoutItsSpool() throws Exception {
        Path file = spooled(CONTENT);
        place.put("generations/one/a.segment", file, sha256(CONTENT));
        assertThat(file).doesNotExist();
        spooled(CONTENT);

        assertThat(read("generations/one/a.segment")).isEqualTo(CONTENT);
        assertThat(place.list("")).containsExactly(new PlacedObject("generations/one/a.segment", CONTENT.length));
        assertThat(place.list("generations/o")).hasSize(1);
        assertThat(place.list("generations/two")).isEmpty();
    }

    @Test
    void givesBackWhatIsLargerThanOnePiece() throws Exception {
        byte[] large = new byte[(9 << 20) + 17];
        new Random(1).nextBytes(large);
        put("large", large);

        assertThat(read("large")).isEqualTo(large);
        assertThat(place.list("")).containsExactly(new PlacedObject("large", large.length));
    }

    @Test
    void listsByNameWhatIsInIt() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            names.add("generations/g-" + (char) ('a' + i) + "/data");
        }
        for (String name : names.reversed()) {
            place.replace(name, CONTENT);
        }

        assertThat(place.list("generations/")).extracting(PlacedObject::name).isEqualTo(names);
    }

    @Test
    void neverPutsAnythingOverWhatIsThere() throws Exception {
        put("a", CONTENT);

        assertThatThrownBy(() -> put("a", new byte[] {1})).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(read("a")).isEqualTo(CONTENT);
    }

    @Test
    void saysWhenItDoesNotHoldWhatItWasToldToHold() {
        assertThatThrownBy(() -> place.put("a", spooled(CONTENT), sha256(new byte[0])))
                .isInstanceOf(PlaceException.class);
    }

    @Test
    void replacesAsAWholeAndForgets() throws Exception {
        place.replace("one/two/index", CONTENT);
        place.replace("one/two/index", new byte[] {1});
        assertThat(read("one/two/index")).containsExactly(1);
        assertThat(place.list("")).containsExactly(new PlacedObject("one/two/index", 1));

        place.delete("one/two/index");
        place.delete("one/two/index");

        assertThatThrownBy(() -> place.open("one/two/index")).isInstanceOf(NoSuchFileException.class);
        assertThat(place.list("")).isEmpty();
    }

    @Test
    void isTriedAndLeavesNothingOfTheTrial() throws Exception {
        PlaceRecord record = PlaceRecord.probe(place, Instant.EPOCH);

        assertThat(PlaceRecord.kept(place).map(PlaceRecord::capabilities).orElse(record.capabilities()))
                .isEqualTo(record.capabilities());
        assertThat(place.list(""))
                .extracting(PlacedObject::name)
                .doesNotContain("")
                .allMatch("place.json"::equals);
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
    void removesNothingOutside(String name) {
        assertThatThrownBy(() -> place.delete(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
