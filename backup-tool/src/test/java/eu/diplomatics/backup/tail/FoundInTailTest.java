package eu.diplomatics.backup.tail;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.KeyReferences;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.generation.VerifyGeneration.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody changed in a tail is found, with keys and without. */
class FoundInTailTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private GenerationId id;
    private Path folder;

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(6);
        id = GenerationId.parse(fixture.create().id());
        for (int i = 0; i < 3; i++) {
            fixture.log.append(1);
            new TailFixture(fixture).follow();
        }
        folder = fixture.placeDirectory().resolve("generations/" + id + "/tail");
        assertThat(codes()).isEmpty();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private List<Code> codes() throws Exception {
        VerifyTail verify = new VerifyTail(new TailStore(fixture.store()));
        List<Code> keyless =
                verify.verify(id).findings().stream().map(Finding::code).toList();
        List<Code> codes = verify.verify(id, fixture.custodian()).findings().stream()
                .map(Finding::code)
                .toList();
        assertThat(codes).isEqualTo(keyless);
        return codes;
    }

    @Test
    void aFlippedBitInAnyFileIs() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).hasSizeGreaterThan(9);
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            for (int at : new int[] {0, bytes.length / 2, bytes.length - 1}) {
                byte[] changed = bytes.clone();
                changed[at] ^= 1;
                Files.write(file, changed);
                assertThat(codes())
                        .as("%s at %d", file.getFileName(), at)
                        .containsExactly(file.toString().endsWith("manifest.json") ? Code.MANIFEST : Code.CHANGED);
            }
            Files.write(file, bytes);
        }
        assertThat(codes()).isEmpty();
    }

    private List<String> missingKeys() throws Exception {
        KeyReferences references = new KeyReferences();
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(id, fixture.custodian(), references)
                        .findings())
                .isEmpty();
        return new VerifyTail(new TailStore(fixture.store()))
                .verify(id, fixture.custodian(), references).findings().stream()
                        .filter(finding -> finding.code() == Code.KEY_MISSING)
                        .map(Finding::object)
                        .toList();
    }

    @Test
    void anEventOfATailWhoseKeyIsInNoKeyringIs() throws Exception {
        assertThat(missingKeys()).as("keys come with the tails").isEmpty();
        UUID stream = fixture.log.append(1);
        fixture.log.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", stream);
        new TailFixture(fixture).follow();
        assertThat(missingKeys()).singleElement().asString().contains("generation 1 for 1 events");

        fixture.log.atKeyring(
                "INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at)"
                        + " VALUES (?, gen_random_uuid(), 'ERASURE', 'ASKED', 'test', now(), now())",
                stream);
        fixture.log.fill(2);
        new TailFixture(fixture).follow();
        assertThat(missingKeys())
                .as("the ledger of a later tail is not asked about an earlier one")
                .hasSize(1);
    }

    @Test
    void soItIsWhenAllWasSealedAnewInBetween() throws Exception {
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        fixture.log.append(2);
        new TailFixture(fixture).follow();
        assertThat(missingKeys()).isEmpty();
    }

    @Test
    void aTailThatIsMissingOrInThePlaceOfAnotherIs() throws Exception {
        Path second = folder.resolve("000002/manifest.json");
        byte[] own = Files.readAllBytes(second);
        Files.delete(second);
        assertThat(codes()).containsExactly(Code.MANIFEST);
        Files.copy(folder.resolve("000001/manifest.json"), second);
        assertThat(codes()).containsExactly(Code.MANIFEST);
        Files.write(second, own);
        assertThat(codes()).isEmpty();
    }

    @Test
    void aSegmentThatIsMissingAndOneThatNobodyNamesAre() throws Exception {
        Path segment;
        try (Stream<Path> all = Files.list(folder.resolve("000002/data"))) {
            segment = all.findFirst().orElseThrow();
        }
        Files.copy(segment, folder.resolve("000002/data/" + "0".repeat(64) + ".segment"));
        assertThat(codes()).containsExactly(Code.UNNAMED);
        Files.delete(folder.resolve("000002/data/" + "0".repeat(64) + ".segment"));
        Files.delete(segment);
        assertThat(codes()).containsExactly(Code.MISSING);
    }
}
