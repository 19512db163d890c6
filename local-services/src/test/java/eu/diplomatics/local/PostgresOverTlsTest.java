package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R08, R25: PostgreSQL answers by TLS 1.3 only, and only who shows a certificate beside the password. */
class PostgresOverTlsTest {
    private static final String NOT_AUTHORISED = "28000";

    @TempDir
    static Path directory;

    private static LivingAuthority authority;
    private static LocalPostgres postgres;

    @BeforeAll
    static void start() {
        authority = new LivingAuthority(
                directory.resolve("certificates"), List.of("postgres-a", "installer", "registry", "query"));
        postgres = LocalPostgres.settings()
                .dataDirectory(directory.resolve("data"))
                .tls(authority.stores(), "postgres-a")
                .start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Connection connect(String url) throws SQLException {
        Login login = postgres.superuser();
        return DriverManager.getConnection(url, login.username(), login.password());
    }

    private static String one(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void reload() throws SQLException {
        try (Connection connection = postgres.connect("postgres")) {
            one(connection, "SELECT pg_reload_conf()");
        }
    }

    private static String serial(Connection connection) throws SQLException {
        return one(connection, "SELECT client_serial FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    }

    @Test
    void aConnectionRunsOnTls13WithTheCertificatesOfBothSides() throws SQLException {
        try (Connection connection = connect(postgres.jdbcUrl("postgres", "registry"))) {
            String session = "SELECT version || ' ' || client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            assertThat(one(connection, session)).isEqualTo("TLSv1.3 /CN=registry");
        }
    }

    @Test
    void withoutTlsOrWithoutACertificateThePasswordIsWorthNothing() {
        String plain = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres";
        for (String url : List.of(
                plain + "?sslmode=disable",
                plain + "?sslmode=require",
                plain + "?sslmode=verify-full&sslrootcert=" + authority.stores().trustPem())) {
            assertThatThrownBy(() -> connect(url))
                    .as(url)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(NOT_AUTHORISED));
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotBelieved(@TempDir Path other) {
        LocalAuthority stranger = new LivingAuthority(other, List.of("registry")).stores();
        String url = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres?sslmode=verify-full&sslrootcert="
                + stranger.trustPem();
        assertThatThrownBy(() -> connect(url))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
    }

    @Test
    void aClientsCertificateIsRenewedWithoutARestartAndTheFormerOneRevoked() throws SQLException {
        String url = postgres.jdbcUrl("postgres", "query");
        try (Connection before = connect(url)) {
            authority.revoke("query");
            reload();
            assertThatThrownBy(() -> connect(url).close()).isInstanceOf(SQLException.class);

            authority.renew("query");
            try (Connection after = connect(url)) {
                assertThat(serial(after)).isNotEqualTo(serial(before));
            }
            assertThat(one(before, "SELECT 1")).as("an open connection").isEqualTo("1");
        }
    }

    @Test
    void theServersCertificateIsRenewedWithoutARestart() throws SQLException {
        try (Connection before = connect(postgres.jdbcUrl("postgres", "registry"))) {
            authority.renew("postgres-a");
            reload();
            try (Connection after = connect(postgres.jdbcUrl("postgres", "registry"))) {
                assertThat(one(after, "SELECT 1")).isEqualTo("1");
            }
            assertThat(one(before, "SELECT 1")).isEqualTo("1");
        }
    }
}
