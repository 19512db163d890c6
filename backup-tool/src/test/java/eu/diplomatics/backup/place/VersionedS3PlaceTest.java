package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.place.LyingS3.Lie;
import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract on a server that keeps versions, and what is found out about one that does not do what it says. */
class VersionedS3PlaceTest extends PlaceContract {
    private LyingS3 server;

    @BeforeEach
    @Override
    void openPlace() throws Exception {
        server = new LyingS3(directory);
        super.openPlace();
    }

    @Override
    Place open() throws Exception {
        return server.place();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void replacedVersionsAndMarkersAreGone() throws Exception {
        place.replace("index.json", CONTENT);
        place.replace("index.json", new byte[] {1});
        assertThat(server.objects.versions("index.json")).isOne();
        server.objects.delete("index.json", ""); // as by another tool: it is only marked
        assertThat(server.objects.versions("index.json")).isEqualTo(2);
        assertThat(place.list("")).containsExactly(new PlacedObject("index.json", 0));

        place.delete("index.json");

        assertThat(server.objects.versions("index.json")).isZero();
    }

    @Test
    void aConditionThatIsIgnoredPutsNothingOverWhatIsThere() throws Exception {
        put("a", CONTENT);
        server.tell(Lie.IGNORES_CONDITION, key -> true);

        assertThatThrownBy(() -> put("a", new byte[] {1})).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(place.probe()).containsEntry("put only what is not there (if-none-match)", "ignored");
    }

    @Test
    void aChecksumThatIsIgnoredIsTold() throws Exception {
        server.tell(Lie.IGNORES_CHECKSUM, key -> true);

        assertThat(place.probe())
                .containsEntry("checksum (x-amz-checksum-sha256)", "ignored")
                .containsEntry("versioning", "on")
                .containsEntry("removal", "shown");
    }

    @ParameterizedTest
    @EnumSource(
            value = Lie.class,
            names = {
                "LOSES",
                "FLIPS_A_BIT",
                "TRUNCATES",
                "ANSWERS_AN_ERROR_WITH_200",
                "HAS_NO_ROOM",
                "IS_OVER_ITS_QUOTA",
                "SENDS_ELSEWHERE",
                "LISTS_STALE",
                "LISTS_ANOTHER_DOCUMENT",
                "IGNORES_DELETE",
                "KEEPS_OLD_VERSIONS"
            })
    void aServerThatLiesIsRefusedWhenItIsTried(Lie lie) {
        server.tell(lie, key -> true);

        assertThatThrownBy(() -> place.probe()).isInstanceOf(PlaceException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Lie.class,
            names = {"NEVER_ANSWERS", "STOPS_IN_THE_MIDDLE", "CUTS_THE_UPLOAD", "IS_BUSY"})
    void aServerThatFailsIsTriedAgainAndNotForEver(Lie lie) {
        server.tell(lie, key -> true);

        assertThatThrownBy(() -> place.probe()).isInstanceOf(IOException.class).isNotInstanceOf(PlaceException.class);
    }

    /** R17: a copy has to be gone three days after its key was replaced. */
    @Test
    void aLockOfMoreThanThreeDaysIsRefusedBeforeAnythingIsPut() throws Exception {
        server.objects.lockDays = 4;

        assertThatThrownBy(() -> place.probe())
                .isInstanceOfSatisfying(
                        PlaceException.class, e -> assertThat(e.hint()).contains("R17"));
        assertThat(place.list("")).isEmpty();
    }

    @Test
    void aLockOfLessLeavesWhatIsRemovedOnTheListUntilItsEnd() throws Exception {
        server.objects.lockDays = 3;
        put("a", CONTENT);

        place.delete("a");

        assertThat(place.list("")).containsExactly(new PlacedObject("a", CONTENT.length));
        assertThat(place.probe())
                .containsEntry("object lock", "COMPLIANCE, 3 days")
                .containsEntry("removal", "at the end of the lock");
    }

    @Test
    void aLockThatTheBucketDoesNotTellOfIsFoundWhenSomethingIsToGo() throws Exception {
        server.objects.lock = Duration.ofDays(30);
        put("a", CONTENT);

        assertThatThrownBy(() -> place.delete("a"))
                .isInstanceOf(PlaceException.class)
                .hasMessageContaining("more than three days");
        assertThatThrownBy(() -> PlaceRecord.ensure(place, Instant.now())).isInstanceOf(PlaceException.class);
    }
}
