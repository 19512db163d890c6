package eu.diplomatics.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.SealedLog;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.FollowGeneration;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailStore;
import eu.diplomatics.transparency.TreeHead;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that lost its end and went on in a new incarnation is backed up and restored as any other (decision 0014). */
class ResumedLogTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private RestorePlaces places;
    private SealedLog sealed;

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        places = RestorePlaces.empty();
        sealed = new SealedLog(fixture);
        fixture.log.fill(20);
        sealed.seal();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** The events that go were signed, and the witness saw them. */
    private void loseSomeAndGoOn() throws Exception {
        long kept = fixture.log.stored().getLast().position();
        fixture.log.append(1);
        fixture.log.append(1);
        sealed.seal();
        sealed.cosign();
        sealed.loseBehind(kept);
        assertThat(sealed.resume()).isEqualTo(kept + 3);
    }

    private RestoreGeneration.Restored restore(Manifest made) throws Exception {
        return new RestoreGeneration(
                        fixture.store(),
                        places.migrators(),
                        fixture.custodian(),
                        fixture.clock,
                        new RestoreGeneration.Settings(40, false),
                        new RestoreTest.Silent())
                .restore(GenerationId.parse(made.id()));
    }

    private TailManifest follow() throws Exception {
        return new FollowGeneration(
                        new TailStore(fixture.store()),
                        fixture.sources(),
                        fixture.custodian(),
                        fixture.clock,
                        new FollowGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"))
                .follow();
    }

    private void assertAsInTheSource() throws Exception {
        for (SourceDatabase database : SourceDatabase.values()) {
            Map<String, String> expected = Pictures.rows(fixture.access(database));
            expected.remove("eventstore.generation_lease");
            Map<String, String> found = Pictures.rows(places.access(database));
            found.remove("eventstore.generation_lease");
            assertThat(found).as("%s", database).isEqualTo(expected);
            assertThat(Pictures.structure(places.access(database)))
                    .as("%s", database)
                    .isEqualTo(Pictures.structure(fixture.access(database)));
        }
    }

    private TreeHead sealedThere() throws Exception {
        return sealed.seal(
                places.as(SourceDatabase.EVENTSTORE, "sealer"), places.as(SourceDatabase.KEYRING, "registry"));
    }

    @Test
    void everyRowAndRightIsThereWithTheTreesThatEndedAndTheSealerGoesOnInItsIncarnation() throws Exception {
        loseSomeAndGoOn();
        fixture.log.fill(3);
        sealed.seal();
        fixture.log.fill(3);

        Manifest made = fixture.create();
        assertThat(restore(made).log()).isEqualTo(made.log());

        assertAsInTheSource();
        assertThat(places.strings(SourceDatabase.EVENTSTORE, "SELECT count(*) FROM eventstore.checkpoint_of_1"))
                .containsExactly("2");
        assertThat(sealedThere().size()).isEqualTo(made.log().position());
    }

    @Test
    void alsoWhenItWentOnTwiceAndItsKeysWereReplacedInBetween() throws Exception {
        loseSomeAndGoOn();
        sealed.seal();
        loseSomeAndGoOn();
        sealed.seal();
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        fixture.log.append(2);

        restore(fixture.create());

        assertAsInTheSource();
        assertThat(places.strings(SourceDatabase.EVENTSTORE, "SELECT incarnation FROM eventstore.head"))
                .containsExactly("3");
        sealedThere();
    }

    @Test
    void alsoBeforeItsFirstTreeIsSignedAndWithTheTailsThatCameAfter() throws Exception {
        loseSomeAndGoOn();
        Manifest made = fixture.create();
        fixture.log.fill(3);
        sealed.seal();
        follow();
        fixture.log.append(1);
        TailManifest last = follow();

        assertThat(restore(made).log().position()).isEqualTo(last.log().position());

        assertAsInTheSource();
        sealedThere();
    }

    @Test
    void aTailOfTheIncarnationBeforeIsNotGoneOnWith() throws Exception {
        fixture.create();
        follow();
        loseSomeAndGoOn();

        assertThatThrownBy(this::follow)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.NO_GENERATION));
        fixture.create();
        assertThat(follow().number()).isOne();
    }
}
