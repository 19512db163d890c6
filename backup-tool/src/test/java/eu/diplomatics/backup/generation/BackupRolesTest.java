package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.source.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A backup's roles read everything there is, tables that come later among them, and may do nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupRolesTest {
    private static final String TABLES = """
            SELECT c.oid::regclass::text || ' ' || p.privilege
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'])
                AS p (privilege)
             WHERE n.nspname IN ('eventstore', 'accesslog', 'batch', 'keys', 'keyring') AND c.relkind = 'r'
               AND has_table_privilege(c.oid, p.privilege) <> (p.privilege = 'SELECT')
            """;
    private static final String FUNCTIONS = """
            SELECT p.proname
              FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE n.nspname IN ('eventstore', 'accesslog', 'batch', 'keys', 'keyring')
               AND has_function_privilege(p.oid, 'EXECUTE') AND p.prorettype <> 'trigger'::regtype
            """;
    private BackupFixture fixture;

    @BeforeAll
    void open(@TempDir Path directory) {
        fixture = new BackupFixture(directory);
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void readsEveryTableAndChangesNone() throws Exception {
        for (Map.Entry<SourceDatabase, DataSource> each : fixture.sources().entrySet()) {
            assertThat(strings(each.getValue(), TABLES)).as("%s", each.getKey()).isEmpty();
        }
    }

    @Test
    void callsNothingButWhatKeepsAGenerationOfDataKeysForIt() throws Exception {
        for (Map.Entry<SourceDatabase, DataSource> each : fixture.sources().entrySet()) {
            assertThat(strings(each.getValue(), FUNCTIONS))
                    .as("%s", each.getKey())
                    .isEqualTo(each.getKey() == SourceDatabase.EVENTSTORE ? List.of("hold_generation") : List.of());
        }
    }

    @Test
    void readsTheTablesThatAReencryptionMakes() throws Exception {
        fixture.log.fill(3);
        fixture.log.reencryption().copyAndSwitch((position, head) -> {});

        Manifest made = fixture.create();

        assertThat(made.keyVersions()).containsKeys("1", "2");
        assertThat(made.keyVersions().get("2")).isEqualTo(made.log().position());
        assertThat(strings(Objects.requireNonNull(fixture.sources().get(SourceDatabase.EVENTSTORE)), TABLES))
                .isEmpty();
    }

    private static List<String> strings(DataSource source, String query) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = source.getConnection();
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
