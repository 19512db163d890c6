package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.generation.VerifyGeneration.Finding;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verify holds a generation against beyond its own manifest: who signed its log, and whether its keys are there. */
class SignedAndKeyedTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private SealedLog sealed;
    private List<UUID> streams = List.of();

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        sealed = new SealedLog(fixture);
        streams = fixture.log.fill(20);
        sealed.seal();
        sealed.cosign();
        fixture.log.append(1);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private VerifyGeneration.Report verify(List<VerifierKey> logKeys, VerifierKey... witnesses) throws Exception {
        GenerationId id = GenerationId.parse(fixture.create().id());
        return new VerifyGeneration(fixture.store(), Optional.of(new LogTrust(logKeys, List.of(witnesses))))
                .verify(id, fixture.custodian());
    }

    private VerifyGeneration.Report verify() throws Exception {
        return verify(List.of(sealed.logKey(1)), sealed.witnessKey());
    }

    private static List<Code> codes(VerifyGeneration.Report report) {
        return report.findings().stream().map(Finding::code).toList();
    }

    @Test
    void theCheckpointThatTheRootIsHeldAgainstIsSignedByTheLogAndTheWitnessSawIt() throws Exception {
        long seen = fixture.log.stored().size() - 1L;
        sealed.seal();

        VerifyGeneration.Report report = verify();

        assertThat(report.findings()).isEmpty();
        assertThat(report.cosigned()).as("the newest is not cosigned yet").isEqualTo(seen);
        assertThat(report.cosignedAt()).isPresent();
        assertThat(report.notLookedAt()).isEmpty();
    }

    @Test
    void anotherLogsOrAnotherWitnesssSignatureIsNone() throws Exception {
        SealedLog other = new SealedLog(fixture);
        assertThat(codes(verify(List.of(other.logKey(1)), sealed.witnessKey()))).containsExactly(Code.CHECKPOINT);
        assertThat(codes(verify(List.of(sealed.logKey(1)), other.witnessKey()))).containsExactly(Code.COSIGNATURE);
        assertThat(codes(verify(List.of(other.logKey(1), sealed.logKey(1)), sealed.witnessKey())))
                .as("a key that was replaced")
                .isEmpty();
    }

    @Test
    void keysThatAreNoneOfALogOrAWitnessAreRefusedBeforeAnythingIsRead() {
        assertThatThrownBy(() -> new LogTrust(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LogTrust(List.of(sealed.witnessKey()), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LogTrust(List.of(sealed.logKey(1)), List.of(sealed.logKey(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCheckpointThatNobodySignedIsFoundAlsoWhereItsRowAgreesWithTheLog() throws Exception {
        String size = "(SELECT max(size) FROM eventstore.checkpoint)";
        sealed.seal();
        sealed.asSuperuser(
                SourceDatabase.EVENTSTORE,
                "UPDATE eventstore.checkpoint SET note = (SELECT note FROM eventstore.checkpoint ORDER BY size LIMIT 1)"
                        + " WHERE size = " + size);
        assertThat(codes(verify())).containsExactly(Code.CHECKPOINT);
    }

    @Test
    void whatNoWitnessSawIsFound() throws Exception {
        sealed.asSuperuser(SourceDatabase.EVENTSTORE, "DELETE FROM eventstore.cosignature");
        assertThat(codes(verify())).containsExactly(Code.COSIGNATURE);

        VerifyGeneration.Report without = verify(List.of(sealed.logKey(1)));
        assertThat(without.findings()).isEmpty();
        assertThat(without.notLookedAt()).singleElement().asString().contains("witness");
    }

    @Test
    void aLogThatWentOnInAnotherIncarnationIsFollowedByWhatItDeclared() throws Exception {
        long kept = fixture.log.stored().size() - 1L;
        sealed.seal();
        sealed.loseBehind(kept);
        sealed.resume();
        sealed.seal();
        sealed.cosign();
        assertThat(verify().findings()).isEmpty();
        assertThat(verify(List.of(sealed.logKey(2)), sealed.witnessKey()).findings())
                .isEmpty();

        sealed.asSuperuser(SourceDatabase.EVENTSTORE, "DELETE FROM eventstore.incarnation");
        assertThat(codes(verify())).containsExactly(Code.CHECKPOINT);
    }

    @Test
    void aKeyThatIsGoneIsFoundUnlessItsStreamWasShredded() throws Exception {
        UUID stream = streams.get(1);
        fixture.log.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", stream);
        List<Finding> told = new ArrayList<>();
        new CreateGeneration(
                        fixture.store(),
                        fixture.sources(),
                        fixture.custodian(),
                        fixture.clock,
                        new CreateGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"),
                        new CreateGeneration.Progress() {
                            @Override
                            public void copied(String table, long rows, long bytes) {}

                            @Override
                            public void found(Finding finding) {
                                told.add(finding);
                            }
                        })
                .create();
        assertThat(told).as("the generation counts, and its maker is told").hasSize(1);
        VerifyGeneration.Report gone = verify();
        assertThat(codes(gone)).containsExactly(Code.KEY_MISSING);
        assertThat(gone.findings().getFirst().object()).contains("for 2 events");

        fixture.log.atKeyring(
                "INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at)"
                        + " VALUES (?, gen_random_uuid(), 'ERASURE', 'ASKED', 'test', now(), now())",
                stream);
        VerifyGeneration.Report shredded = verify();
        assertThat(shredded.findings()).isEmpty();
        assertThat(shredded.shredded()).isEqualTo(2);
    }

    @Test
    void soIsOneOfTheGenerationOfDataKeysThatIsOnItsWay() throws Exception {
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        assertThat(verify().findings()).isEmpty();
        fixture.log.atKeyring("DELETE FROM keyring.data_key WHERE id = ? AND generation = 2", streams.getFirst());
        assertThat(verify().findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.object()).contains("generation 2"));
    }

    @Test
    void soIsASecretThatTagsOrRowsOfTheAccessLogWereMadeWith() throws Exception {
        sealed.asSuperuser(
                SourceDatabase.EVENTSTORE,
                "INSERT INTO eventstore.event_tag (tag, position) VALUES ('\\x" + "07".repeat(32) + "', 1)");
        assertThat(verify().findings()).containsExactly(new Finding(Code.KEY_MISSING, "secret reference-key"));
        fixture.log.keyring.secret("reference-key").close();
        assertThat(verify().findings()).isEmpty();

        sealed.asSuperuser(
                SourceDatabase.ACCESSLOG,
                "INSERT INTO accesslog.entry (id, sealed, seal_key) VALUES (gen_random_uuid(), '\\x" + "07".repeat(100)
                        + "', 2)");
        assertThat(verify().findings()).containsExactly(new Finding(Code.KEY_MISSING, "secret access-log-seal-2"));
    }

    @Test
    void withoutKeysItSaysWhatItDidNotLookAt() throws Exception {
        GenerationId id = GenerationId.parse(fixture.create().id());
        VerifyGeneration.Report keyless = new VerifyGeneration(fixture.store()).verify(id);
        assertThat(keyless.notLookedAt()).hasSize(3);
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(id, fixture.custodian())
                        .notLookedAt())
                .singleElement()
                .asString()
                .contains("keys of the log");
    }
}
