package eu.diplomatics.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.KilledBackup;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.source.SourceDatabase;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Killed wherever it is, a restore that is asked again goes on there, and what it leaves is what was to be there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledRestoreTest {
    private BackupFixture fixture;
    private Path directory;
    private Path configuration;
    private Manifest made;
    private final Map<SourceDatabase, Map<String, String>> rows = new HashMap<>();

    @BeforeAll
    void open(@TempDir Path temporary) throws Exception {
        directory = temporary;
        fixture = new BackupFixture(temporary);
        fixture.log.fill(30);
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
        configuration = fixture.configuration();
        made = fixture.create();
        for (SourceDatabase database : SourceDatabase.values()) {
            rows.put(database, kept(Pictures.rows(fixture.access(database))));
        }
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
        "LEDGER_THERE, 2",
        "TABLES_THERE, 1",
        "TABLES_THERE, 4",
        "SHREDDINGS_KNOWN, 1",
        "SEGMENT_LOADED, 1",
        "SEGMENT_LOADED, 7",
        "SEGMENT_LOADED, 12",
        "INDEXED, 1",
        "INDEXED, 4",
        "CHECKED, 4",
        "MIGRATED, 2",
        "DATABASE_DONE, 1",
        "DATABASE_DONE, 3"
    })
    void goesOn(RestoreGeneration.Step step, int time) throws Exception {
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
            assertThat(Pictures.structure(places.access(database)))
                    .isEqualTo(Pictures.structure(fixture.access(database)));
        }
    }
}
