package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.CopyGenerations.Copied;
import eu.diplomatics.backup.generation.CopyGenerations.Step;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.FollowGeneration;
import eu.diplomatics.backup.tail.TailStore;
import eu.diplomatics.backup.tail.VerifyTail;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R10: generations at another place too, each verified there before it counts there. */
class CopyGenerationsTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private GenerationStore copy;

    /** As a kill: nobody catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(8);
        copy = fixture.store(new LocalPlace(directory.resolve("copy")));
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private Copied bring() throws Exception {
        return new CopyGenerations(fixture.store(), copy, fixture.clock)
                .bring(Objects.requireNonNull(fixture.sources().get(SourceDatabase.EVENTSTORE)));
    }

    private List<String> days(int count) throws Exception {
        List<String> made = new ArrayList<>();
        for (int day = 0; day < count; day++) {
            made.add(fixture.create().id());
            fixture.clock.forward(DAY);
        }
        return made;
    }

    /** Those that count there, each of them whole by itself. */
    private static List<String> whole(GenerationStore store) throws IOException {
        List<String> ids = new ArrayList<>();
        for (Stored stored : store.list()) {
            assertThat(stored.state()).isEqualTo(State.VERIFIED);
            assertThat(new VerifyGeneration(store).verify(stored.id()).findings())
                    .isEmpty();
            ids.add(stored.id().toString());
        }
        return ids;
    }

    @Test
    void holdsWhatTheFirstPlaceHoldsAndForgetsWhatThatForgot() throws Exception {
        List<String> made = days(2);
        assertThat(bring().generations()).extracting(GenerationId::toString).isEqualTo(made);
        assertThat(whole(copy)).isEqualTo(made);

        made.addAll(days(2));
        bring();

        assertThat(whole(copy)).isEqualTo(made.subList(1, 4)).isEqualTo(whole(fixture.store()));
        GenerationId newest = GenerationId.parse(made.getLast());
        assertThat(new VerifyGeneration(copy)
                        .verify(newest, fixture.custodian())
                        .findings())
                .isEmpty();
        Copied again = bring();
        assertThat(again.generations()).isEmpty();
        assertThat(again.objects()).isZero();
    }

    @Test
    void aSecondGenerationOfADayTakesThePlaceOfTheFirstThereToo() throws Exception {
        fixture.create();
        bring();
        Manifest second = fixture.create();

        bring();

        assertThat(whole(copy)).containsExactly(second.id());
    }

    @Test
    void bringsWhatAGenerationNeedsToRunElsewhere() throws Exception {
        Manifest made = fixture.create(() -> List.of(new EnvironmentFiles.File(
                "configuration/registry.json", false, () -> new ByteArrayInputStream(new byte[] {'{', '}'}))));

        bring();

        assertThat(whole(copy)).containsExactly(made.id());
        Path unpacked = directory.resolve("unpacked");
        new EnvironmentReader(copy, GenerationId.parse(made.id())).unpack(unpacked);
        assertThat(unpacked.resolve("configuration/registry.json")).hasContent("{}");
    }

    @Test
    void bringsTheTailOfTheNewest() throws Exception {
        Manifest made = fixture.create();
        bring();
        fixture.log.append(1);
        new FollowGeneration(
                        new TailStore(fixture.store()),
                        fixture.sources(),
                        fixture.custodian(),
                        fixture.clock,
                        new FollowGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"))
                .follow();

        Copied copied = bring();

        assertThat(copied.generations()).isEmpty();
        assertThat(copied.objects()).isPositive();
        GenerationId id = GenerationId.parse(made.id());
        VerifyTail.Report tail = new VerifyTail(new TailStore(copy)).verify(id, fixture.custodian());
        assertThat(tail.findings()).isEmpty();
        assertThat(tail.tails()).isOne();
        assertThat(bring().objects()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "BEGUN, 1",
        "OBJECT_PUT, 1",
        "OBJECT_PUT, 7",
        "MANIFEST_PUT, 1",
        "VERIFIED, 1",
        "PROMOTED, 1",
        "MANIFEST_PUT, 2",
        "REST_GONE, 1"
    })
    void stoppedAnywhereItGoesOnWithTheNextOne(Step at, int time) throws Exception {
        List<String> made = days(2);
        int all = bring().objects();
        List<String> before = whole(copy);
        made.addAll(days(2));
        int[] left = {time};
        int[] put = {0};
        CopyGenerations killed = new CopyGenerations(fixture.store(), copy, fixture.clock, step -> {
            put[0] += step == Step.OBJECT_PUT ? 1 : 0;
            if (step == at && --left[0] == 0) {
                throw new Killed();
            }
        });

        assertThatThrownBy(killed::bring).isInstanceOf(Killed.class);

        assertThat(copy.list())
                .filteredOn(each -> before.contains(each.id().toString()))
                .allMatch(each -> each.state() == State.VERIFIED || at.compareTo(Step.PROMOTED) >= 0);
        assertThat(copy.list()).extracting(Stored::state).doesNotContain(State.BROKEN);
        assertThat(bring().objects() + put[0]).isLessThanOrEqualTo(all + 2);
        assertThat(whole(copy)).isEqualTo(made.subList(1, 4)).isEqualTo(whole(fixture.store()));
        try (Stream<Path> spool = Files.list(copy.place().spool())) {
            assertThat(spool).isEmpty();
        }
    }

    @Test
    void whatIsDamagedAtTheFirstPlaceIsNotCopied() throws Exception {
        List<String> made = days(1);
        bring();
        made.addAll(days(1));
        Path segment;
        try (Stream<Path> files = Files.walk(fixture.placeDirectory().resolve("generations/" + made.getLast()))) {
            segment = files.filter(each -> each.toString().endsWith(".segment"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);

        assertThatThrownBy(this::bring)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.NOT_VERIFIED));

        assertThat(copy.index().orElseThrow().generations()).hasSize(1);
    }

    @Test
    void whatWasDamagedAtTheOtherPlaceIsMadeAnew() throws Exception {
        List<String> made = days(1);
        bring();
        Files.delete(directory.resolve("copy/generations/" + made.getFirst() + "/manifest.json"));
        assertThat(copy.list()).extracting(Stored::state).containsExactly(State.BROKEN);

        bring();

        assertThat(whole(copy)).isEqualTo(made);
    }

    /** Somebody empties the first place, and the next backup there knows nothing of those before. */
    @Test
    void aFirstPlaceThatWasEmptiedTakesNothingAwayFromTheOther() throws Exception {
        List<String> made = days(3);
        bring();
        fixture.use(new LocalPlace(directory.resolve("emptied")));
        made.addAll(days(1));

        bring();

        assertThat(whole(copy)).isEqualTo(made.subList(1, 4));
    }

    /** As by a snapshot of the machine that somebody went back to. */
    @Test
    void aFirstPlaceThatWasPutBackReplacesNothingNewer() throws Exception {
        fixture.create();
        copyFolder(fixture.placeDirectory(), directory.resolve("older"));
        Manifest second = fixture.create();
        bring();
        fixture.use(new LocalPlace(directory.resolve("older")));
        assertThat(whole(fixture.store())).doesNotContain(second.id());

        assertThat(bring().generations()).isEmpty();

        assertThat(whole(copy)).containsExactly(second.id());
    }

    private static void copyFolder(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void aClockThatWasSetBackCopiesNothing() throws Exception {
        days(1);
        bring();
        fixture.clock.forward(DAY.negated());

        assertThatThrownBy(this::bring)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.CLOCK_BEHIND));
    }
}
