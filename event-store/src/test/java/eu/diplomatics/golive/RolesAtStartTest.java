package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R07: a service starts with roles that are no stronger than documented, or not at all. */
class RolesAtStartTest {
    private final EventStoreFixture store = EventStoreFixture.create();

    @AfterEach
    void close() {
        store.close();
    }

    private List<CheckedDatabase> roles() {
        DatabaseAccess access = store.access();
        return List.of(
                DatabaseConditionsTest.checked(access.url(), access.role("writer"), Set.of()),
                DatabaseConditionsTest.checked(access.url(), access.role("reader"), Set.of()),
                DatabaseConditionsTest.checked(access.url(), access.role("sealer"), null));
    }

    private String database() {
        String url = store.access().url();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private void asSuperuser(String sql) throws SQLException {
        try (Connection connection = store.postgres().connect(database());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void rolesAsTheMigrationsMakeThemStart() {
        assertThatCode(() -> RolesAtStart.require(roles(), false)).doesNotThrowAnyException();
        assertThat(RoleRights.documented()).hasSizeGreaterThan(300);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GRANT UPDATE ON eventstore.event TO es_writer | es_writer: table eventstore.event UPDATE
                    GRANT SELECT ON eventstore.event TO es_writer | es_writer: table eventstore.event SELECT
                    GRANT SELECT (command) ON eventstore.event TO es_sealer | es_sealer: table eventstore.event SELECT(command)
                    GRANT EXECUTE ON FUNCTION eventstore.claim_writer TO PUBLIC | es_reader: function eventstore.claim_writer/0 EXECUTE
                    GRANT CREATE ON SCHEMA eventstore TO es_reader | es_reader: schema eventstore CREATE
                    CREATE TABLE eventstore.later (a int); GRANT INSERT ON eventstore.later TO es_reader | es_reader: table eventstore.later INSERT
                    """)
    void aRightTooMuchIsRefusedWhereRealPeoplesDataAre(String grant, String says) throws SQLException {
        asSuperuser(grant);
        assertThatThrownBy(() -> RolesAtStart.require(roles(), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(says);
        assertThatCode(() -> RolesAtStart.require(roles(), true))
                .as("whoever writes a migration sees it in the log")
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "SUPERUSER, careless: role SUPERUSER",
        "CREATEROLE, careless: role CREATEROLE",
        "IN ROLE es_owner, careless: role MEMBER OF es_owner",
        "IN ROLE pg_read_all_data, careless: role MEMBER OF pg_read_all_data"
    })
    void aRoleThatIsSpecialIsRefusedEverywhere(String attribute, String says) throws SQLException {
        asSuperuser("CREATE ROLE careless LOGIN PASSWORD 'only for a test' " + attribute);
        try {
            asSuperuser("GRANT CONNECT ON DATABASE " + database() + " TO careless");
            refusesEverywhere(says);
        } finally {
            asSuperuser("DROP OWNED BY careless");
            asSuperuser("DROP ROLE careless");
        }
    }

    @Test
    void aRoleThatOwnsWhatItUsesIsRefusedEverywhere() throws SQLException {
        asSuperuser("CREATE ROLE careless LOGIN NOINHERIT PASSWORD 'only for a test'");
        try {
            asSuperuser("GRANT CONNECT ON DATABASE " + database() + " TO careless");
            asSuperuser("CREATE TABLE eventstore.own (a int); ALTER TABLE eventstore.own OWNER TO careless");
            refusesEverywhere("careless: role OWNER OF pg_class HERE");
        } finally {
            asSuperuser("DROP OWNED BY careless");
            asSuperuser("DROP ROLE careless");
        }
    }

    private void refusesEverywhere(String says) {
        List<CheckedDatabase> careless = List.of(
                DatabaseConditionsTest.checked(store.access().url(), new Login("careless", "only for a test"), null));
        for (boolean insecure : List.of(true, false)) {
            assertThatThrownBy(() -> RolesAtStart.require(careless, insecure))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(says);
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsNotWaitedFor() {
        Login reader = store.access().role("reader");
        List<CheckedDatabase> away =
                List.of(DatabaseConditionsTest.checked("jdbc:postgresql://127.0.0.1:1/eventstore", reader, Set.of()));
        assertThatCode(() -> RolesAtStart.require(away, false)).doesNotThrowAnyException();
    }
}
