package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.generation.VerifyGeneration.Finding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is changed in a generation is found, with keys and without. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FoundByVerifyTest {
    private static final long SEED = 20_261_122;
    private static final int RANDOM_BITS = 12;

    private BackupFixture fixture;
    private GenerationId id;
    private Path generation;

    @BeforeAll
    void create(@TempDir Path directory) throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(60);
        id = GenerationId.parse(fixture.create().id());
        generation = fixture.placeDirectory().resolve(GenerationStore.path(id));
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.walk(generation)) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted()
                    .toList();
        }
    }

    private List<Finding> found() throws IOException {
        List<Finding> keyless = new VerifyGeneration(fixture.store()).verify(id).findings();
        List<Finding> withKeys = new VerifyGeneration(fixture.store())
                .verify(id, fixture.custodian())
                .findings();
        assertThat(withKeys.isEmpty()).isEqualTo(keyless.isEmpty());
        return keyless;
    }

    @Test
    void everyFlippedBitOfEverySegment() throws Exception {
        Random random = new Random(SEED);
        for (Path segment : segments()) {
            byte[] whole = Files.readAllBytes(segment);
            List<Long> bits = new ArrayList<>(List.of(0L, 24L * 8, 56L * 8, whole.length * 8L - 1));
            random.longs(RANDOM_BITS, 0, whole.length * 8L).forEach(bits::add);
            for (long bit : bits) {
                byte[] flipped = whole.clone();
                flipped[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
                Files.write(segment, flipped);
                assertThat(new VerifyGeneration(fixture.store()).verify(id).findings())
                        .as("bit %d of %s", bit, segment.getFileName())
                        .containsExactly(new Finding(Code.CHANGED, name(segment)));
            }
            assertThat(found()).contains(new Finding(Code.CHANGED, name(segment)));
            Files.write(segment, whole);
        }
        assertThat(found()).isEmpty();
    }

    private String name(Path file) {
        return fixture.placeDirectory().relativize(file).toString();
    }

    @Test
    void everyFlippedBitOfManifestAndIndex() throws Exception {
        Random random = new Random(SEED);
        Path manifest = generation.resolve("manifest.json");
        byte[] whole = Files.readAllBytes(manifest);
        for (int i = 0; i < 300; i++) {
            Files.write(manifest, flipped(whole, random));
            assertThat(fixture.store().list()).extracting(Stored::state).containsExactly(State.BROKEN);
            assertThat(found()).containsExactly(new Finding(Code.MANIFEST, name(manifest)));
        }
        Files.write(manifest, whole);
        Path index = fixture.placeDirectory().resolve(GenerationStore.INDEX);
        byte[] named = Files.readAllBytes(index);
        for (int i = 0; i < 300; i++) {
            Files.write(index, flipped(named, random));
            assertThatThrownBy(() -> fixture.store().list()).isInstanceOf(UntrustedException.class);
        }
        Files.write(index, named);
        assertThat(fixture.store().list()).extracting(Stored::state).containsExactly(State.VERIFIED);
    }

    /** What a lenient reader would take: no signature covers how the statement is stored. */
    @Test
    void anotherFormOfTheSameStatement() throws Exception {
        Path manifest = generation.resolve("manifest.json");
        String whole = Files.readString(manifest);
        // of the last digit before the padding base64 uses two bits only
        int last = whole.lastIndexOf("==") - 1;
        String unused = whole.substring(0, last) + (char) (whole.charAt(last) + 1) + whole.substring(last + 1);
        for (String form : List.of(whole + "\n", whole.replace(",\"signature\"", ", \"signature\""), unused)) {
            Files.writeString(manifest, form);
            assertThat(found()).containsExactly(new Finding(Code.MANIFEST, name(manifest)));
        }
        Files.writeString(manifest, whole);
        assertThat(found()).isEmpty();
    }

    private static byte[] flipped(byte[] whole, Random random) {
        byte[] flipped = whole.clone();
        flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    @Test
    void aSegmentThatIsMissingCutOrLonger() throws Exception {
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        Files.delete(segment);
        assertThat(found()).contains(new Finding(Code.MISSING, name(segment)));
        for (int length : new int[] {0, 20, 56, whole.length / 2, whole.length - 1}) {
            Files.write(segment, Arrays.copyOf(whole, length));
            assertThat(found()).contains(new Finding(Code.CHANGED, name(segment)));
        }
        Files.write(segment, Arrays.copyOf(whole, whole.length + 1));
        assertThat(found()).contains(new Finding(Code.CHANGED, name(segment)));
        Files.write(segment, whole);
        assertThat(found()).isEmpty();
    }

    @Test
    void twoSegmentsThatChangedPlaces() throws Exception {
        Path one = segments().getFirst();
        Path other = segments().get(1);
        Path aside = generation.resolve("aside");
        Files.move(one, aside);
        Files.move(other, one);
        Files.move(aside, other);
        assertThat(found()).contains(new Finding(Code.CHANGED, name(one)), new Finding(Code.CHANGED, name(other)));
        Files.move(one, aside);
        Files.move(other, one);
        Files.move(aside, other);
        assertThat(found()).isEmpty();
    }

    @Test
    void whatLiesThereUnnamed() throws Exception {
        Path stray = generation.resolve("data/stray.segment");
        Files.writeString(stray, "x");
        assertThat(found()).containsExactly(new Finding(Code.UNNAMED, name(stray)));
        Files.delete(stray);
    }

    @Test
    void aManifestOfAnotherGeneration() throws Exception {
        Path manifest = generation.resolve("manifest.json");
        byte[] whole = Files.readAllBytes(manifest);
        GenerationStore store = fixture.store();
        Manifest own = store.manifest(id).orElseThrow().manifest();
        // signed by the right key, but older and of another day
        GenerationId older = new GenerationId(id.day().minusDays(1), 1);
        SignedText signed = store.keys().sign(Manifest.TYPE, SignedText.canonical(withId(own, older)));
        Files.write(manifest, signed.bytes());
        assertThat(found()).containsExactly(new Finding(Code.MANIFEST, name(manifest)));
        assertThat(store.list()).extracting(Stored::state).containsExactly(State.BROKEN);
        Files.write(manifest, whole);
    }

    @Test
    void aManifestThatSaysOtherCountsOrAnotherRoot() throws Exception {
        Path manifest = generation.resolve("manifest.json");
        byte[] whole = Files.readAllBytes(manifest);
        GenerationStore store = fixture.store();
        Manifest own = store.manifest(id).orElseThrow().manifest();
        Manifest.LogState log = own.log();
        store.writeManifest(with(own, new Manifest.LogState(log.position(), log.recordedAt(), "00".repeat(32))));
        assertThat(withKeys()).containsExactly(new Finding(Code.ROOT, name(manifest)));
        store.writeManifest(with(own, new Manifest.LogState(log.position() + 1, log.recordedAt(), log.root())));
        assertThat(withKeys()).contains(new Finding(Code.POSITIONS, name(manifest)));
        Files.copy(new ByteArrayInputStream(whole), manifest, StandardCopyOption.REPLACE_EXISTING);
        assertThat(withKeys()).isEmpty();
    }

    private List<Finding> withKeys() throws IOException {
        return new VerifyGeneration(fixture.store())
                .verify(id, fixture.custodian())
                .findings();
    }

    private static Manifest withId(Manifest own, GenerationId id) {
        return new Manifest(
                own.type(),
                id.toString(),
                own.begunAt(),
                own.endedAt(),
                own.madeBy(),
                own.server(),
                own.log(),
                own.keys(),
                own.epochKeys(),
                own.keyVersions(),
                own.sources(),
                own.environment());
    }

    private static Manifest with(Manifest own, Manifest.LogState log) {
        return new Manifest(
                own.type(),
                own.id(),
                own.begunAt(),
                own.endedAt(),
                own.madeBy(),
                own.server(),
                log,
                own.keys(),
                own.epochKeys(),
                own.keyVersions(),
                own.sources(),
                own.environment());
    }
}
