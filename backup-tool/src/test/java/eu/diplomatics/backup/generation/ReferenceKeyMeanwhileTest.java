package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.CreateGeneration.Step;
import eu.diplomatics.backup.source.ReferenceKeys;
import eu.diplomatics.backup.source.Snapshot;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.generation.TagRotation;
import eu.diplomatics.keyring.RotationWatch;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rotation of the reference key that ends between the log's snapshot and the keyring's. */
class ReferenceKeyMeanwhileTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(6);
        fixture.log.keyring.secret("reference-key").close();
        Tag tag = Units.tag("1");
        fixture.log.asHost("INSERT INTO eventstore.event_tag (tag, position) VALUES (?, 1)", tag.value());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** As the registry does, and what the nightly rewrite does with the old key. */
    private void rotateAndRetire() {
        new TagRotation(fixture.log.store.dataSource("rekeyer"), new TagRotation.Tagger() {
                    @Override
                    public void prepare(int version) {
                        fixture.log.keyring.secret("reference-key-" + version).close();
                    }

                    @Override
                    public TagRotation.Tagged tag(List<StoredEvent> events, int current, int next) {
                        return new TagRotation.Tagged(
                                List.of(new TagRotation.Both(1, Units.tag("" + current), Units.tag("" + next))), 0);
                    }
                })
                .run(UUID.randomUUID(), RotationWatch.NOBODY);
        retire();
    }

    private void retire() {
        try {
            fixture.log.atKeyring(
                    "DO $$ BEGIN PERFORM keyring.retire_secret('reference-key', 'reference-key'); END $$");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private DataSource source(SourceDatabase database) {
        return Objects.requireNonNull(fixture.sources().get(database));
    }

    @Test
    void isTakenAgainSoThatTheTagsHaveTheirKey() throws Exception {
        int[] snapshots = {0};
        Manifest made = fixture.create(step -> {
                    if (step == Step.SNAPSHOT_TAKEN) {
                        snapshots[0]++;
                    }
                    if (step == Step.DATA_COPIED && snapshots[0] == SourceDatabase.values().length - 1) {
                        rotateAndRetire();
                    }
                })
                .create();

        assertThat(snapshots[0]).isEqualTo(2 * SourceDatabase.values().length);
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(GenerationId.parse(made.id()), fixture.custodian())
                        .findings())
                .isEmpty();
        assertThat(fixture.store().list()).as("the first take is gone").hasSize(1);
    }

    @Test
    void aKeyThatIsGoneForGoodKeepsNoGenerationFromBeingMade() throws Exception {
        fixture.log.atKeyring("DELETE FROM keyring.secret WHERE name = 'reference-key'");
        int[] snapshots = {0};
        Manifest made = fixture.create(step -> snapshots[0] += step == Step.SNAPSHOT_TAKEN ? 1 : 0)
                .create();

        assertThat(snapshots[0]).isEqualTo(SourceDatabase.values().length);
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(GenerationId.parse(made.id()), fixture.custodian())
                        .findings())
                .extracting(VerifyGeneration.Finding::code)
                .containsExactly(VerifyGeneration.Code.KEY_MISSING);
    }

    @Test
    void aRotationThatEndedWhileItsOldKeyIsStillThereIsNone() throws Exception {
        ReferenceKeys keys = new ReferenceKeys();
        try (Snapshot log = Snapshot.take(SourceDatabase.EVENTSTORE, source(SourceDatabase.EVENTSTORE))) {
            keys.log(log);
        }
        try (Snapshot before = Snapshot.take(SourceDatabase.KEYRING, source(SourceDatabase.KEYRING))) {
            before.figure("SELECT count(*) FROM keyring.secret");
            rotateAndRetire();
            assertThat(keys.wereReplaced(before, source(SourceDatabase.EVENTSTORE)))
                    .as("the keyring as it was")
                    .isFalse();
        }
        try (Snapshot after = Snapshot.take(SourceDatabase.KEYRING, source(SourceDatabase.KEYRING))) {
            assertThat(keys.wereReplaced(after, source(SourceDatabase.EVENTSTORE)))
                    .isTrue();
        }
    }

    @Test
    void thatGoesOnWithoutEndIsToldAfterSomeTakes() throws Exception {
        fixture.log.keyring.secret("reference-key-2").close();
        retire();
        int[] version = {1};
        CreateGeneration creating = fixture.create(step -> {
            if (step == Step.DATA_COPIED) {
                try {
                    fixture.log.asHost("UPDATE eventstore.tag_state SET current = ?", 10 + version[0]++);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        assertThatThrownBy(creating::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.NOT_VERIFIED));
        assertThat(version[0]).isEqualTo(4);
    }
}
