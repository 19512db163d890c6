package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.KeysAudit.Artefact;
import eu.diplomatics.backup.generation.KeysAudit.Code;
import eu.diplomatics.backup.generation.KeysAudit.Finding;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.FollowGeneration;
import eu.diplomatics.backup.tail.TailStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10, R17: no generation stands under a key that is over, and that of a generation that went has gone. */
class KeysAuditTest {
    private static final Duration DAY = Duration.ofDays(1);
    /** Three days, and the half by which the database's clock, the real one, may be ahead of the fixture's noon. */
    private static final Duration THREE_DAYS = Duration.ofHours(85);

    @TempDir
    private Path directory;

    private BackupFixture fixture;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        fixture.log.fill(6);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private KeysAudit.Report audit() throws Exception {
        return new KeysAudit(fixture.store(), new TailStore(fixture.store())::keys, fixture.sources(), fixture.clock)
                .report();
    }

    private void execute(String sql) throws SQLException {
        var access = fixture.access(SourceDatabase.REGISTRY);
        try (Connection connection = DriverManager.getConnection(
                        access.url(),
                        access.role("app").username(),
                        access.role("app").password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void seen(String label, String destroyedAt) throws SQLException {
        execute("INSERT INTO keys.epoch_key VALUES ('test', '" + label + "', now(), now(), 'KEY_STILL_NEEDED')"
                + " ON CONFLICT DO NOTHING");
        if (!destroyedAt.isEmpty()) {
            String hash = "0a".repeat(32);
            execute("INSERT INTO keys.statement VALUES ('" + hash + "', 'KEYRING', 'test', NULL, '{}', '\\x00', now())"
                    + " ON CONFLICT DO NOTHING");
            execute("INSERT INTO keys.destruction VALUES ('test', '" + label + "', '{}', '\\x00', '" + "0b".repeat(32)
                    + "', '" + hash + "', 'SCHEDULE', '" + destroyedAt + "', now())");
        }
    }

    @Test
    void namesTheKeysOfEachGenerationAndFindsNothingWhileTheyAreInTime() throws Exception {
        fixture.create();

        KeysAudit.Report report = audit();

        assertThat(report.findings()).isEmpty();
        assertThat(report.generations())
                .singleElement()
                .satisfies(each -> assertThat(each.keyVersions()).isEqualTo(Map.of("1", 12L)))
                .satisfies(each -> assertThat(each.epochKeys()).containsOnlyKeys("test"));
    }

    @Test
    void aGenerationUnderDataKeysThatWereReplacedIsFoundAfterThreeDaysAndGoneAfterThreeMore() throws Exception {
        fixture.create();
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        assertThat(fixture.log.asHost("DELETE FROM eventstore.generation_lease"))
                .as("the backup holds its generation a quarter of an hour longer")
                .isOne();
        assertThat(fixture.log.reencryption().drop(1)).isTrue();
        assertThat(audit().findings()).as("three days are left").isEmpty();

        fixture.clock.forward(THREE_DAYS);
        assertThat(audit().findings()).extracting(Finding::code).containsExactly(Code.RETIRED_DATA_KEY);

        for (int day = 0; day < 3; day++) {
            fixture.create();
            fixture.clock.forward(DAY);
        }
        assertThat(audit().findings()).isEmpty();
        assertThat(audit().generations()).extracting(Artefact::keyVersions).containsOnly(Map.of("2", 12L));
    }

    @Test
    void aGenerationThatCountsAndWhoseKeyIsNoMoreIsFound() throws Exception {
        Manifest made = fixture.create();
        seen(Objects.requireNonNull(made.epochKeys().get("test")), "2026-01-01T00:00:00Z");

        assertThat(audit().findings()).extracting(Finding::code).containsExactly(Code.KEY_DESTROYED);
    }

    @Test
    void theKeyOfADayThatTheIndexDroppedIsFoundUntilThereIsAReceipt() throws Exception {
        for (int day = 0; day < 3; day++) {
            fixture.create();
            fixture.clock.forward(DAY);
        }
        seen("epoch-2020-01-01", "");
        List<Finding> findings = audit().findings();
        assertThat(findings).extracting(Finding::code).containsExactly(Code.KEY_NOT_DESTROYED);
        assertThat(findings.getFirst().why()).contains("KEY_STILL_NEEDED");

        seen("epoch-2020-01-01", "2026-01-01T00:00:00Z");
        assertThat(audit().findings()).isEmpty();
        assertThat(audit().gone())
                .singleElement()
                .satisfies(key -> assertThat(key.receipt()).isNotNull());
    }

    private void follow() throws Exception {
        new FollowGeneration(
                        new TailStore(fixture.store()),
                        fixture.sources(),
                        fixture.custodian(),
                        fixture.clock,
                        new FollowGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"))
                .follow();
    }

    @Test
    void aTailUnderDataKeysThatWereReplacedIsFoundByItself() throws Exception {
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        assertThat(fixture.log.reencryption().drop(1)).isTrue();
        fixture.create();
        fixture.log.append(2);
        follow();
        assertThat(audit().generations())
                .singleElement()
                .satisfies(each -> assertThat(each.tails()).isOne())
                .satisfies(each -> assertThat(each.tailKeyVersions()).containsEntry("2", 1L));
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        assertThat(audit().findings()).isEmpty();
        fixture.clock.forward(THREE_DAYS);
        assertThat(audit().findings())
                .filteredOn(finding -> finding.code() == Code.RETIRED_DATA_KEY)
                .extracting(Finding::object)
                .anyMatch(object -> object.startsWith("tails of "));
    }

    @Test
    void whatLiesInAPlaceUnnamedByAnyManifestIsFoundAndATailOnItsWayIsNot() throws Exception {
        Manifest made = fixture.create();
        fixture.log.append(1);
        follow();
        Path generation = fixture.placeDirectory().resolve("generations/" + made.id());
        Files.createDirectories(generation.resolve("tail/000002/data"));
        Files.writeString(generation.resolve("tail/000002/data/" + "0".repeat(64) + ".segment"), "on its way");
        Files.writeString(fixture.placeDirectory().resolve("place.json"), "{}");
        assertThat(audit().findings()).isEmpty();

        Files.writeString(generation.resolve("data/" + "0".repeat(64) + ".segment"), "a copy");
        Files.writeString(generation.resolve("tail/000001/keyring.dump"), "a copy");
        Files.writeString(fixture.placeDirectory().resolve("dump.sql"), "a copy");
        assertThat(audit().findings()).hasSize(3).extracting(Finding::code).containsOnly(Code.UNACCOUNTED);

        Files.delete(generation.resolve("tail/000001/manifest.json"));
        Files.writeString(generation.resolve("tail/000002/manifest.json"), "{}");
        assertThat(audit().findings()).extracting(Finding::object).contains("generations/" + made.id() + "/tail/");
    }

    @Test
    void whatHasNoManifestIsAccountedForByNobody() throws Exception {
        Manifest made = fixture.create();
        Path manifest = fixture.placeDirectory().resolve("generations/" + made.id() + "/manifest.json");
        Files.delete(manifest);

        assertThat(audit().findings()).extracting(Finding::code).contains(Code.UNACCOUNTED);
    }

    @Test
    void withoutTheDatabasesNothingIsSaid() throws Exception {
        fixture.create();
        Map<SourceDatabase, DataSource> sources = fixture.sources();
        sources.remove(SourceDatabase.REGISTRY);
        KeysAudit audit = new KeysAudit(fixture.store(), new TailStore(fixture.store())::keys, sources, fixture.clock);
        assertThatThrownBy(audit::report).isInstanceOf(IllegalArgumentException.class);
    }
}
