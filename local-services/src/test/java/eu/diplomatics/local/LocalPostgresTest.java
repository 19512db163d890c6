package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresTest {
    @Test
    void committed_rows_survive_a_kill_and_the_port_stays() throws SQLException {
        try (PostgresInstance postgres = TestServices.dedicatedPostgres()) {
            int port = postgres.port();
            execute(postgres, "CREATE TABLE t (n int)");
            execute(postgres, "INSERT INTO t SELECT generate_series(1, 1000)");
            postgres.kill();
            assertThatThrownBy(() -> postgres.connect("postgres").close()).isInstanceOf(SQLException.class);
            postgres.restart();
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(number(postgres, "SELECT count(*) FROM t")).isEqualTo("1000");
            postgres.restart();
            assertThat(number(postgres, "SELECT count(*) FROM t")).isEqualTo("1000");
        }
    }

    @Test
    void it_is_durable_recycles_no_log_and_logs_no_statement() throws SQLException {
        PostgresInstance postgres = TestServices.postgres();
        assertThat(number(postgres, "SHOW fsync")).isEqualTo("on");
        assertThat(number(postgres, "SHOW synchronous_commit")).isEqualTo("on");
        assertThat(number(postgres, "SHOW wal_recycle")).isEqualTo("off");
        assertThat(number(postgres, "SHOW log_statement")).isEqualTo("none");
        assertThat(number(postgres, "SHOW server_version")).startsWith("18");
    }

    @Test
    void a_leftover_server_on_the_same_directory_is_ended_and_its_rows_are_kept(@TempDir Path directory)
            throws SQLException {
        LocalPostgres first = start(directory);
        execute(first, "CREATE TABLE t AS SELECT 42 AS n");
        try (LocalPostgres second = start(directory)) {
            assertThat(first.isAlive()).isFalse();
            assertThat(number(second, "SELECT n FROM t")).isEqualTo("42");
        }
    }

    @Test
    void a_pid_file_whose_number_went_to_another_process_does_not_stop_the_start(@TempDir Path directory)
            throws SQLException, IOException {
        LocalPostgres first = start(directory);
        execute(first, "CREATE TABLE t AS SELECT 43 AS n");
        Path pidFile = first.dataDirectory().resolve("postmaster.pid");
        String lines = Files.readString(pidFile);
        first.kill();
        Files.writeString(
                pidFile,
                lines.replaceFirst("\\d+", Long.toString(ProcessHandle.current().pid())));
        try (LocalPostgres second = start(directory)) {
            assertThat(number(second, "SELECT n FROM t")).isEqualTo("43");
        }
    }

    @Test
    void values_of_a_failing_statement_do_not_reach_the_log(@TempDir Path directory) throws SQLException, IOException {
        try (LocalPostgres postgres = start(directory)) {
            execute(postgres, "CREATE TABLE t (n text PRIMARY KEY)");
            execute(postgres, "INSERT INTO t VALUES ('sentinel-a')");
            assertThatThrownBy(() -> execute(postgres, "INSERT INTO t VALUES ('sentinel-a')"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> execute(postgres, "SELECT 'sentinel-b'::int"))
                    .isInstanceOf(SQLException.class);
            assertThat(Files.readString(postgres.logFile()))
                    .contains("ready to accept connections")
                    .doesNotContain("sentinel");
        }
    }

    private static LocalPostgres start(Path directory) {
        return LocalPostgres.settings()
                .dataDirectory(directory.resolve("data"))
                .superuserPassword("of-this-test-only")
                .start();
    }

    private static void execute(PostgresInstance postgres, String sql) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String number(PostgresInstance postgres, String sql) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
