package eu.diplomatics.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.FollowGeneration;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailStore;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.RotationWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10: a person registered a minute before the disaster can be opened after the restore. */
class ReplayTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private RestorePlaces places;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        places = RestorePlaces.empty();
        fixture.log.fill(20);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
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

    private RestoreGeneration.Restored restore(Manifest made, @Nullable Instant until, RestoreGeneration.Steps steps)
            throws Exception {
        return new RestoreGeneration(
                        fixture.store(),
                        places.migrators(),
                        fixture.custodian(),
                        fixture.clock,
                        new RestoreGeneration.Settings(40, false, until),
                        new RestoreTest.Silent(),
                        steps)
                .restore(GenerationId.parse(made.id()));
    }

    private Map<Long, String> restoredBodies() {
        Map<Long, String> bodies = new TreeMap<>();
        EventSealer sealer = new EventSealer();
        PostgresEventReader reader = new PostgresEventReader(places.as(SourceDatabase.EVENTSTORE, "reader"));
        try (KekLease lease = KekLease.start(
                places.as(SourceDatabase.KEYRING, "registry"),
                fixture.log.keys.custodian().client("registry"),
                Duration.ofMinutes(5))) {
            Keyring keyring = new Keyring(places.as(SourceDatabase.KEYRING, "registry"), lease);
            for (StoredEvent event : reader.after(0, 1000)) {
                UUID stream = event.context().stream();
                try (DataKey key =
                        keyring.open(List.of(stream), event.keyGeneration()).get(stream)) {
                    bodies.put(
                            event.position(),
                            key == null ? "no key" : HexFormat.of().formatHex(sealer.open(event, key)));
                }
            }
        }
        return bodies;
    }

    private void assertAsInTheSource() throws Exception {
        for (SourceDatabase database : SourceDatabase.values()) {
            Map<String, String> expected = Pictures.rows(fixture.access(database));
            expected.remove("eventstore.generation_lease");
            Map<String, String> found = Pictures.rows(places.access(database));
            found.remove("eventstore.generation_lease");
            assertThat(found).as("%s", database).isEqualTo(expected);
        }
        assertThat(restoredBodies()).isEqualTo(fixture.log.bodies());
    }

    @Test
    void whateverCameAfterTheGenerationIsThereAndOpens() throws Exception {
        Manifest made = fixture.create();
        fixture.log.fill(6);
        follow();
        fixture.log.append(1);
        follow();
        TailManifest last = follow();

        RestoreGeneration.Restored restored = restore(made, null, step -> {});

        assertThat(restored.log().position())
                .isEqualTo(last.log().position())
                .isGreaterThan(made.log().position());
        assertThat(restored.phases()).extracting(RestoreGeneration.Phase::name).contains("tail");
        assertAsInTheSource();
    }

    @Test
    void upToAPointInTimeOnlyWhatWasThereThen() throws Exception {
        Manifest made = fixture.create();
        fixture.log.append(1);
        TailManifest first = follow();
        Map<Long, String> then = fixture.log.bodies();
        fixture.clock.forward(Duration.ofMinutes(1));
        fixture.log.append(1);
        TailManifest second = follow();

        RestoreGeneration.Restored restored = restore(made, second.takenAt().minusSeconds(1), step -> {});

        assertThat(restored.log().position()).isEqualTo(first.log().position());
        assertThat(restoredBodies()).isEqualTo(then);
    }

    @Test
    void alsoAcrossARewriteOfTheKeyringAndNewDataKeys() throws Exception {
        Manifest made = fixture.create();
        fixture.log.append(1);
        follow();
        new KeyringRewrite(
                        fixture.log.keys.dataSource("rekeyer"),
                        fixture.log.keys.custodian().client("registry"),
                        InstantSource.system())
                .run(RotationWatch.NOBODY);
        fixture.log.append(1);
        follow();
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        fixture.log.append(2);
        follow();

        restore(made, null, step -> {});

        assertAsInTheSource();
        assertThat(places.strings(
                        SourceDatabase.EVENTSTORE,
                        "SELECT pg_get_viewdef('eventstore.current_ciphertext'::regclass) LIKE '%ciphertext_2%'"))
                .containsExactly("t");
    }

    @Test
    void whatWasShreddedSinceIsGone() throws Exception {
        UUID stream = fixture.log.append(1);
        Manifest made = fixture.create();
        fixture.log.atKeyring(
                "INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at)"
                        + " VALUES (?, gen_random_uuid(), 'WRONG_RECORD', 'TEST', 'a test', now())",
                stream);
        fixture.log.atKeyring("DO $$ BEGIN PERFORM keyring.shred('" + stream + "', now()); END $$");
        follow();

        restore(made, null, step -> {});

        assertThat(places.strings(SourceDatabase.KEYRING, "SELECT 1 FROM keyring.data_key WHERE id = '" + stream + "'"))
                .isEmpty();
        assertThat(restoredBodies()).containsEntry(made.log().position(), "no key");
    }

    @Test
    void aSegmentOfATailThatIsDamagedIsToldAndOnceItIsBackTheRestoreGoesOn() throws Exception {
        Manifest made = fixture.create();
        fixture.log.append(1);
        follow();
        // all of them: which table a file is of, its name does not say, and one that Flyway keeps is not loaded
        Map<Path, byte[]> segments = new HashMap<>();
        try (Stream<Path> all = Files.walk(fixture.placeDirectory().resolve("generations/" + made.id() + "/tail"))) {
            for (Path file : all.filter(each -> each.toString().contains("/keys/")
                            && each.toString().endsWith(".segment"))
                    .toList()) {
                segments.put(file, Files.readAllBytes(file));
            }
        }
        for (Map.Entry<Path, byte[]> segment : segments.entrySet()) {
            byte[] changed = segment.getValue().clone();
            changed[changed.length / 2] ^= 1;
            Files.write(segment.getKey(), changed);
        }

        assertThatThrownBy(() -> restore(made, null, step -> {}))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.DAMAGED));
        for (Map.Entry<Path, byte[]> segment : segments.entrySet()) {
            Files.write(segment.getKey(), segment.getValue());
        }
        restore(made, null, step -> {});

        assertAsInTheSource();
    }
}
