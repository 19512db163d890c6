package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** R07: roles are separate from the first day, and start with no right but to connect. */
class LocalDatabasesTest {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final PostgresInstance postgres = TestServices.postgres();

    @Test
    void the_migrator_becomes_the_owner_and_a_service_role_sees_only_what_is_granted() throws SQLException {
        DatabaseAccess access = TestServices.database(Database.EVENTSTORE);
        String name = access.url().substring(access.url().lastIndexOf('/') + 1);
        try (Connection connection = postgres.connect(name, access.migrator());
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("CREATE TABLE public.t (n int)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
            statement.execute(access.migratorInitSql());
            statement.execute("CREATE TABLE t (n int)");
            statement.execute("GRANT USAGE ON SCHEMA public TO es_reader");
            statement.execute("GRANT SELECT ON t TO es_reader");
        }
        try (Connection connection = postgres.connect(name, access.role("reader"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.execute("SELECT n FROM t")).isTrue();
            assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (1)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
            assertThatThrownBy(() -> statement.execute("CREATE TEMP TABLE x (n int)"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void roles_of_one_database_cannot_connect_to_another() {
        DatabaseAccess keyring = TestServices.database(Database.KEYRING);
        DatabaseAccess query = TestServices.database(Database.QUERY);
        String name = keyring.url().substring(keyring.url().lastIndexOf('/') + 1);
        assertThatThrownBy(() -> postgres.connect(name, query.role("reader")).close())
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(
                        () -> postgres.connect("postgres", query.role("reader")).close())
                .isInstanceOf(SQLException.class);
    }

    @Test
    void creating_twice_keeps_what_is_there() throws SQLException {
        LocalDatabases databases = new LocalDatabases(postgres, role -> "same-" + role);
        DatabaseAccess first = databases.create(Database.REGISTRY, "registry_twice");
        try (Connection connection = postgres.connect("registry_twice", first.migrator());
                Statement statement = connection.createStatement()) {
            statement.execute(first.migratorInitSql());
            statement.execute("CREATE TABLE kept AS SELECT 7 AS n");
        }
        DatabaseAccess second = databases.create(Database.REGISTRY, "registry_twice");
        try (Connection connection = postgres.connect("registry_twice", second.migrator());
                Statement statement = connection.createStatement()) {
            statement.execute(second.migratorInitSql());
            try (ResultSet rows = statement.executeQuery("SELECT n FROM kept")) {
                assertThat(rows.next()).isTrue();
            }
        }
    }

    @Test
    void a_wrong_password_is_refused() {
        DatabaseAccess access = TestServices.database(Database.ACCESSLOG);
        String name = access.url().substring(access.url().lastIndexOf('/') + 1);
        assertThatThrownBy(() ->
                        postgres.connect(name, new Login("al_writer", "wrong")).close())
                .isInstanceOf(SQLException.class);
        assertThat(access.role("writer").toString())
                .doesNotContain(access.role("writer").password());
    }
}
