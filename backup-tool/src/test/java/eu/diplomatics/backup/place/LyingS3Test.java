package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationIndex;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.place.LyingS3.Lie;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the server does to what it is given: {@code create} says so, and three generations stay as they were. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LyingS3Test {
    private static final Duration DAY = Duration.ofDays(1);

    private BackupFixture fixture;
    private LyingS3 server;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(6);
        server = new LyingS3(directory);
        fixture.use(server.place());
        for (int day = 0; day < GenerationIndex.KEPT; day++) {
            fixture.create();
            fixture.clock.forward(DAY);
        }
    }

    @AfterAll
    void close() throws Exception {
        server.close();
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "LOSES, .segment",
        "LOSES, manifest.json",
        "LOSES, index.json",
        "FLIPS_A_BIT, .segment",
        "FLIPS_A_BIT, manifest.json",
        "TRUNCATES, .segment",
        "ANSWERS_AN_ERROR_WITH_200, .segment",
        "ANSWERS_AN_ERROR_WITH_200, index.json",
        "CUTS_THE_UPLOAD, .segment",
        "HAS_NO_ROOM, .segment",
        "IS_OVER_ITS_QUOTA, .segment",
        "IS_BUSY, .segment",
        "NEVER_ANSWERS, .segment",
        "STOPS_IN_THE_MIDDLE, .segment",
        "LISTS_STALE, .segment",
        "SENDS_ELSEWHERE, .segment"
    })
    void aLieAboutWhatItIsGivenIsFoundAndNothingOfItCounts(Lie lie, String about) throws Exception {
        List<String> before = counting();
        server.tell(lie, key -> key.endsWith(about));

        assertThatThrownBy(fixture::create).isInstanceOf(IOException.class);

        server.tell(Lie.NONE, key -> true);
        assertThat(counting()).hasSize(GenerationIndex.KEPT).isEqualTo(before);
        recovers();
    }

    @ParameterizedTest
    @CsvSource({"IGNORES_DELETE, .segment", "IGNORES_DELETE, manifest.json", "KEEPS_OLD_VERSIONS, .segment"})
    void aLieAboutWhatIsGoneIsFoundWhenTheOldestHasToGo(Lie lie, String about) throws Exception {
        server.tell(lie, key -> key.endsWith(about));

        assertThatThrownBy(fixture::create).isInstanceOf(PlaceException.class);

        server.tell(Lie.NONE, key -> true);
        assertThat(counting()).hasSize(GenerationIndex.KEPT);
        recovers();
    }

    /** Those that the index names, each of them whole. */
    private List<String> counting() throws IOException {
        List<String> ids = fixture.store().list().stream()
                .filter(each -> each.state() == State.VERIFIED || each.state() == State.BROKEN)
                .map(each -> each.id().toString())
                .toList();
        for (Stored each : fixture.store().list()) {
            if (ids.contains(each.id().toString())) {
                assertThat(new VerifyGeneration(fixture.store())
                                .verify(each.id(), fixture.custodian())
                                .findings())
                        .isEmpty();
            }
        }
        return ids;
    }

    private void recovers() throws Exception {
        fixture.clock.forward(DAY);
        String made = fixture.create().id();
        fixture.clock.forward(DAY);
        assertThat(counting()).hasSize(GenerationIndex.KEPT).contains(made);
        assertThat(fixture.store().list()).extracting(Stored::state).containsOnly(State.VERIFIED);
    }
}
