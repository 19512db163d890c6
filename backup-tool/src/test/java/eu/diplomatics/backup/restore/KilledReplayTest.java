package eu.diplomatics.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.KilledBackup;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.FollowGeneration;
import eu.diplomatics.backup.tail.TailStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R10: killed while it puts tails on top, a restore goes on; what was shredded in a tail does not come back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledReplayTest {
    private BackupFixture fixture;
    private Path directory;
    private Path configuration;
    private Manifest made;
    private UUID shredded;
    private final Map<SourceDatabase, Map<String, String>> rows = new HashMap<>();

    @BeforeAll
    void open(@TempDir Path temporary) throws Exception {
        directory = temporary;
        fixture = new BackupFixture(temporary);
        fixture.log.fill(20);
        shredded = fixture.log.append(1);
        configuration = fixture.configuration();
        made = fixture.create();
        fixture.log.append(1);
        shred(shredded);
        follow();
        fixture.log.append(1);
        follow();
        for (SourceDatabase database : SourceDatabase.values()) {
            rows.put(database, kept(Pictures.rows(fixture.access(database))));
        }
    }

    private void shred(UUID stream) throws Exception {
        fixture.log.atKeyring(
                "INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at)"
                        + " VALUES (?, gen_random_uuid(), 'WRONG_RECORD', 'TEST', 'a test', now())",
                stream);
        fixture.log.atKeyring("DO $$ BEGIN PERFORM keyring.shred('" + stream + "', now()); END $$");
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

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    private static Map<String, String> kept(Map<String, String> tables) {
        tables.remove("eventstore.generation_lease");
        return tables;
    }

    @ParameterizedTest
    @CsvSource({
        "TAIL_LOADED, 1",
        "TAIL_LOADED, 5",
        "TAIL_LOADED, 25",
        "REPLAYED, 1",
        "REPLAYED, 3",
        "REPLAYED, 4",
        "DATABASE_DONE, 2"
    })
    void goesOnAndWhatWasShreddedStaysGone(RestoreGeneration.Step step, int time) throws Exception {
        RestorePlaces places = RestorePlaces.empty();
        assertThat(KilledRestore.run(configuration, places.target(directory), made, step, time))
                .isEqualTo(KilledBackup.KILLED);

        new RestoreGeneration(
                        fixture.store(),
                        places.migrators(),
                        fixture.custodian(),
                        fixture.clock,
                        new RestoreGeneration.Settings(30, false),
                        new RestoreTest.Silent())
                .restore(GenerationId.parse(made.id()));

        for (SourceDatabase database : SourceDatabase.values()) {
            assertThat(kept(Pictures.rows(places.access(database)))).isEqualTo(rows.get(database));
        }
        assertThat(places.strings(
                        SourceDatabase.KEYRING, "SELECT 1 FROM keyring.data_key WHERE id = '" + shredded + "'"))
                .isEmpty();
    }
}
