package eu.diplomatics.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.UntrustedException;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.RotationWatch;
import eu.diplomatics.keyring.TestCustodian;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10: what a generation holds comes back, whole, with its rights, and shredded what was shredded. */
class RestoreTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private RestorePlaces places;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        places = RestorePlaces.empty();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private RestoreGeneration restore(RestorePlaces into, RestoreGeneration.Steps steps) throws Exception {
        return new RestoreGeneration(
                fixture.store(),
                into.migrators(),
                fixture.custodian(),
                fixture.clock,
                new RestoreGeneration.Settings(40, false),
                new Silent(),
                steps);
    }

    private RestoreGeneration.Restored restore(Manifest made) throws Exception {
        return restore(places, step -> {}).restore(GenerationId.parse(made.id()));
    }

    private DatabaseAccess source(SourceDatabase database) {
        return fixture.access(database);
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

    @Test
    void everyRowAndEveryRightIsThereAndEveryEventOpens() throws Exception {
        fixture.log.fill(60);
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        fixture.log.append(2);
        Manifest made = fixture.create();

        RestoreGeneration.Restored restored = restore(made);

        assertThat(restored.log()).isEqualTo(made.log());
        for (SourceDatabase database : SourceDatabase.values()) {
            Map<String, String> expected = Pictures.rows(source(database));
            expected.remove("eventstore.generation_lease");
            Map<String, String> found = Pictures.rows(places.access(database));
            found.remove("eventstore.generation_lease");
            assertThat(found).as("%s", database).isEqualTo(expected);
            assertThat(Pictures.structure(places.access(database)))
                    .as("%s", database)
                    .isEqualTo(Pictures.structure(source(database)));
        }
        assertThat(restoredBodies()).isEqualTo(fixture.log.bodies()).hasSize(121);
        assertThat(places.strings(SourceDatabase.EVENTSTORE, "SELECT id || state FROM restore.generation"))
                .containsExactly(made.id() + "DONE");
    }

    @Test
    void aReencryptionThatWasUnderWayIsStillUnderWay() throws Exception {
        fixture.log.fill(20);
        fixture.log.asHost("DO $$ BEGIN PERFORM eventstore.begin_reencryption(); END $$");

        restore(fixture.create());

        assertThat(Pictures.structure(places.access(SourceDatabase.EVENTSTORE)))
                .isEqualTo(Pictures.structure(source(SourceDatabase.EVENTSTORE)));
        assertThat(places.strings(
                        SourceDatabase.EVENTSTORE,
                        "SELECT generation FROM eventstore.reencryption WHERE switched_at IS NULL"))
                .containsExactly("2");
        assertThat(restoredBodies()).isEqualTo(fixture.log.bodies());
    }

    @Test
    void aRewriteThatWasUnderWayIsNoneAndAnotherOneRuns() throws Exception {
        fixture.log.fill(20);
        fixture.log.atKeyring("DO $$ BEGIN PERFORM keyring.begin_rewrite(gen_random_uuid(), '{}', now()); END $$");

        restore(fixture.create());

        assertThat(places.strings(SourceDatabase.KEYRING, "SELECT count(*) FROM keyring.rewrite"))
                .containsExactly("0");
        new KeyringRewrite(
                        places.as(SourceDatabase.KEYRING, "rekeyer"),
                        fixture.log.keys.custodian().client("registry"),
                        fixture.clock)
                .run(RotationWatch.NOBODY);
        assertThat(restoredBodies()).isEqualTo(fixture.log.bodies());
    }

    @Test
    void whatWasShreddedAfterItStaysShredded() throws Exception {
        UUID stream = fixture.log.fill(12).get(1);
        Manifest older = fixture.create();
        fixture.clock.forward(Duration.ofDays(1));
        fixture.log.atKeyring(
                "INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at)"
                        + " VALUES (?, gen_random_uuid(), 'ERASURE', 'ASKED', 'test', now())",
                stream);
        fixture.log.atKeyring("DO $$ BEGIN PERFORM keyring.shred('" + stream + "', now()); END $$");
        fixture.create();

        restore(older);

        assertThat(places.strings(
                        SourceDatabase.KEYRING,
                        "SELECT stream || (shredded_at IS NOT NULL)::text FROM keyring.shredding"))
                .containsExactly(stream + "true");
        assertThat(places.strings(SourceDatabase.KEYRING, "SELECT 1 FROM keyring.data_key WHERE id = '" + stream + "'"))
                .isEmpty();
        assertThat(restoredBodies().values().stream().filter("no key"::equals)).hasSize(2);
    }

    @Test
    void refusesWhatIsNotEmptyAndChangesNothing() throws Exception {
        fixture.log.fill(3);
        Manifest made = fixture.create();
        places.execute(SourceDatabase.EVENTSTORE, "CREATE TABLE public.something (a integer)");

        refused(made, RestoreException.Code.NOT_EMPTY);

        assertThat(places.strings(SourceDatabase.KEYRING, "SELECT to_regclass('restore.generation')"))
                .containsExactly("null");
        places.execute(SourceDatabase.EVENTSTORE, "DROP TABLE public.something");
        restore(made);
        refused(made, RestoreException.Code.RESTORED_ALREADY);
        refused(fixture.create(), RestoreException.Code.OTHER_GENERATION);
    }

    private void refused(Manifest made, RestoreException.Code code) {
        assertThatThrownBy(() -> restore(made))
                .isInstanceOfSatisfying(
                        RestoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void refusesSegmentsThatAreMissingOrChangedAndGoesOnWhenTheyAreBack() throws Exception {
        fixture.log.fill(40);
        Manifest made = fixture.create();
        for (String table :
                List.of("keyring.data_key", "eventstore.event", "eventstore.ciphertext_1", "eventstore.tag_state")) {
            places = RestorePlaces.empty();
            Path segment = lastSegmentOf(made, table);
            byte[] whole = Files.readAllBytes(segment);
            byte[] flipped = whole.clone();
            flipped[whole.length / 2] ^= 1;
            Files.write(segment, flipped);
            damaged(made);
            Files.delete(segment);
            damaged(made);
            assertThat(places.strings(SourceDatabase.EVENTSTORE, "SELECT count(*) FROM eventstore.head"))
                    .containsExactly("0");
            Files.write(segment, whole);
        }
        restore(made);
        assertThat(restoredBodies()).isEqualTo(fixture.log.bodies());
    }

    private Path lastSegmentOf(Manifest made, String table) {
        for (Manifest.Source source : made.sources()) {
            for (Manifest.Table each : source.tables()) {
                if (each.name().equals(table)) {
                    return fixture.placeDirectory()
                            .resolve("generations/" + made.id() + "/" + source.part() + "/"
                                    + each.segments().getLast().sha256() + ".segment");
                }
            }
        }
        throw new IllegalArgumentException(table);
    }

    private void damaged(Manifest made) {
        assertThatThrownBy(() -> restore(made))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.DAMAGED));
    }

    @Test
    void refusesAManifestThatWasPutBack() throws Exception {
        fixture.log.fill(3);
        Manifest first = fixture.create();
        Path manifest = fixture.placeDirectory().resolve("generations/" + first.id() + "/manifest.json");
        byte[] older = Files.readAllBytes(manifest);
        fixture.log.append(1);
        Manifest second = fixture.create();
        Path place = fixture.placeDirectory().resolve("generations/" + first.id() + "/manifest.json");
        Files.createDirectories(place.getParent());
        Files.write(place, older);

        assertThatThrownBy(() -> restore(first)).isInstanceOf(UntrustedException.class);
        restore(second);
    }

    @Test
    void refusesWithoutTheKeysOfItsCustodian() throws Exception {
        fixture.log.fill(3);
        Manifest made = fixture.create();
        try (TestCustodian other = TestCustodian.start(Files.createDirectory(directory.resolve("other")))) {
            assertThatThrownBy(() -> new RestoreGeneration(
                                    fixture.store(),
                                    places.migrators(),
                                    other.client("backup"),
                                    fixture.clock,
                                    RestoreGeneration.Settings.defaults(),
                                    new Silent())
                            .restore(GenerationId.parse(made.id())))
                    .isInstanceOf(KeysUnavailableException.class);
        }
    }

    @Test
    void goesOnAfterTheServerFellInTheMiddle() throws Exception {
        fixture.log.fill(40);
        Manifest made = fixture.create();
        try (PostgresInstance server = TestServices.dedicatedPostgres()) {
            RestorePlaces there = RestorePlaces.in(server);
            int[] loaded = {0};
            assertThatThrownBy(() -> restore(there, step -> {
                                if (step == RestoreGeneration.Step.SEGMENT_LOADED && ++loaded[0] == 6) {
                                    server.kill();
                                }
                            })
                            .restore(GenerationId.parse(made.id())))
                    .isInstanceOfSatisfying(
                            RestoreException.class,
                            e -> assertThat(e.code()).isEqualTo(RestoreException.Code.INTERRUPTED));
            server.restart();
            assertThat(restore(there, step -> {})
                            .restore(GenerationId.parse(made.id()))
                            .log())
                    .isEqualTo(made.log());
            assertThat(Pictures.rows(there.access(SourceDatabase.EVENTSTORE)).get("eventstore.event"))
                    .isEqualTo(Pictures.rows(source(SourceDatabase.EVENTSTORE)).get("eventstore.event"));
        }
    }

    @Test
    void ofTwoAtOnceOneIsRefused() throws Exception {
        fixture.log.fill(3);
        Manifest made = fixture.create();
        restore(places, step -> {
                    if (step == RestoreGeneration.Step.TABLES_THERE) {
                        refused(made, RestoreException.Code.ANOTHER_RUNS);
                    }
                })
                .restore(GenerationId.parse(made.id()));
    }

    /** Tells nobody. */
    static final class Silent implements RestoreProgress {
        @Override
        public void phase(String name, Duration took) {}

        @Override
        public void loaded(String table, long loadedBytes, long allBytes, long bytesPerSecond, Duration left) {}
    }
}
