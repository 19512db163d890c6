package eu.diplomatics.backup.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.FollowGeneration.Step;
import eu.diplomatics.backup.tail.TailManifest.Kind;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.RotationWatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10: what came after the newest generation is kept each minute, with the keys to it, and goes with the generation. */
class TailTest {
    @TempDir
    private Path directory;

    private TailFixture tails;
    private BackupFixture fixture;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        tails = new TailFixture(fixture);
        fixture.log.fill(60);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void whatIsRegisteredAMinuteLaterIsThereWithItsKeys() throws Exception {
        Manifest generation = fixture.create();
        List<UUID> streams = fixture.log.fill(12);

        TailManifest tail = tails.follow();

        assertThat(tail.generation()).isEqualTo(generation.id());
        assertThat(tail.number()).isEqualTo(1);
        assertThat(tail.log().position()).isEqualTo(fixture.log.stored().size());
        assertThat(tails.longs(tail, "eventstore.event", "position"))
                .isEqualTo(
                        java.util.stream.LongStream.rangeClosed(121, tail.log().position())
                                .boxed()
                                .toList());
        assertThat(tails.longs(tail, "eventstore.ciphertext_1", "position"))
                .isEqualTo(tails.longs(tail, "eventstore.event", "position"));
        assertThat(ids(tail)).containsExactlyInAnyOrderElementsOf(streams);
        assertThat(tails.verify(tail).findings()).isEmpty();
    }

    private Set<UUID> ids(TailManifest tail) throws Exception {
        Set<UUID> ids = new HashSet<>();
        tails.rows(tail, "keyring.data_key", (table, row) -> {
            ByteBuffer bits = CopyFormat.field(row, 0, table.columns().indexOf("id"));
            ids.add(new UUID(bits.getLong(), bits.getLong()));
        });
        return ids;
    }

    @Test
    void eachGoesOnWhereTheOneBeforeEndedAndKeepsWhatDidNotChange() throws Exception {
        fixture.create();
        UUID first = fixture.log.append(1);
        TailManifest one = tails.follow();
        TailManifest two = tails.follow();
        UUID third = fixture.log.append(1);
        TailManifest three = tails.follow();

        assertThat(ids(one)).containsExactly(first);
        assertThat(tails.longs(one, "eventstore.event", "position")).containsExactly(121L);
        assertThat(tails.table(two, "eventstore.event").rows()).isZero();
        assertThat(tails.table(two, "keyring.secret").kind()).isEqualTo(Kind.SAME);
        assertThat(tails.table(two, "keyring.secret").heldBy()).isEqualTo(1);
        assertThat(tails.longs(three, "eventstore.event", "position")).containsExactly(122L);
        assertThat(ids(three)).contains(third).doesNotContain(first);
        assertThat(three.previous())
                .isEqualTo(new TailStore(fixture.store())
                        .chain(GenerationId.parse(two.generation()))
                        .get(1)
                        .hash());
        assertThat(tails.verify(three).tails()).isEqualTo(3);
    }

    @Test
    void whatIsRegisteredWhileItIsWrittenIsInTheNextOne() throws Exception {
        fixture.create();
        fixture.log.append(1);
        TailManifest first = tails.follow(step -> {
            if (step == Step.SEGMENT_PUT || step == Step.DATA_COPIED) {
                fixture.log.append(1);
            }
        });
        TailManifest second = tails.follow();

        assertThat(first.log().position()).isEqualTo(121);
        assertThat(second.log().position())
                .isEqualTo(fixture.log.stored().size())
                .isGreaterThan(122);
        assertThat(tails.longs(second, "eventstore.event", "position")).startsWith(122L);
    }

    @Test
    void afterARewriteOfTheKeyringAllKeysAreThereAnew() throws Exception {
        fixture.create();
        fixture.log.append(1);
        tails.follow();

        new KeyringRewrite(
                        fixture.log.keys.dataSource("rekeyer"),
                        fixture.log.keys.custodian().client("registry"),
                        InstantSource.system())
                .run(RotationWatch.NOBODY);
        TailManifest tail = tails.follow();
        fixture.log.append(1);
        TailManifest next = tails.follow();

        assertThat(tails.table(tail, "keyring.data_key").kind()).isEqualTo(Kind.ALL);
        assertThat(tails.table(tail, "keyring.data_key").rows()).isEqualTo(61);
        assertThat(tails.table(tail, "keyring.secret").kind()).isEqualTo(Kind.ALL);
        assertThat(tails.table(next, "keyring.data_key").kind()).isEqualTo(Kind.SINCE);
        assertThat(tails.table(next, "keyring.data_key").rows()).isEqualTo(1);
        assertThat(tails.verify(next).findings()).isEmpty();
    }

    @Test
    void afterEverythingWasSealedAnewAllCiphertextsAreThereAnew() throws Exception {
        fixture.create();
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        TailManifest tail = tails.follow();

        assertThat(tails.table(tail, "eventstore.ciphertext_2").kind()).isEqualTo(Kind.ALL);
        assertThat(tails.table(tail, "eventstore.ciphertext_2").rows()).isEqualTo(120);
        assertThat(tails.table(tail, "eventstore.ciphertext_1").rows()).isZero();
        assertThat(tails.table(tail, "keyring.data_key").rows()).isGreaterThanOrEqualTo(60);
    }

    @Test
    void rowsOfTheAccessLogAreThereWhetherTheyHaveALeafOrWaitForOne() throws Exception {
        fixture.create();
        UUID waiting = UUID.randomUUID();
        tails.at(
                SourceDatabase.ACCESSLOG,
                "INSERT INTO accesslog.entry (id, sealed) VALUES ('%s', '\\x01')".formatted(waiting));
        TailManifest first = tails.follow();
        tails.at(
                SourceDatabase.ACCESSLOG,
                "INSERT INTO accesslog.leaf SELECT 1, entry, now(), sha256('a') FROM accesslog.unsealed",
                "DELETE FROM accesslog.unsealed");
        TailManifest second = tails.follow();
        TailManifest third = tails.follow();

        assertThat(tails.table(first, "accesslog.entry").rows()).isEqualTo(1);
        assertThat(tails.table(first, "accesslog.unsealed").rows()).isEqualTo(1);
        assertThat(tails.table(second, "accesslog.entry").rows()).isEqualTo(1);
        assertThat(tails.table(second, "accesslog.leaf").rows()).isEqualTo(1);
        assertThat(tails.table(second, "accesslog.unsealed").kind()).isEqualTo(Kind.ALL);
        assertThat(tails.table(third, "accesslog.entry").rows()).isZero();
    }

    @Test
    void aNewGenerationBeginsANewTailAndTheOldOneGoesWithItsOwn() throws Exception {
        Manifest first = fixture.create();
        fixture.log.append(1);
        tails.follow();
        fixture.clock.forward(Duration.ofDays(1));
        Manifest second = fixture.create();
        fixture.log.append(1);

        TailManifest tail = tails.follow();

        assertThat(tail.generation()).isEqualTo(second.id());
        assertThat(tail.number()).isEqualTo(1);
        assertThat(tails.longs(tail, "eventstore.event", "position")).containsExactly(122L);
        for (int day = 0; day < 2; day++) {
            fixture.clock.forward(Duration.ofDays(1));
            fixture.create();
        }
        assertThat(fixture.store().place().list("generations/" + first.id())).isEmpty();
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(GenerationId.parse(second.id()), fixture.custodian())
                        .findings())
                .isEmpty();
    }

    @Test
    void withoutAGenerationOfTheseTablesItIsRefused() throws Exception {
        assertThatThrownBy(tails::follow)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.NO_GENERATION));
        fixture.create();
        tails.at(
                SourceDatabase.REGISTRY,
                "INSERT INTO batch.flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
                        + " execution_time, success) VALUES (99, '99', 'later', 'SQL', 'V99', 'me', 1, true)");

        assertThatThrownBy(tails::follow)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.NO_GENERATION));
    }
}
