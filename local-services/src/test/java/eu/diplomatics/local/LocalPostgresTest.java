package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
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
    void a_first_start_that_was_cut_short_leaves_nothing_in_the_way(@TempDir Path directory)
            throws SQLException, IOException {
        Path unfinished = Files.createDirectories(directory.resolve("data.partial123/data"));
        Files.writeString(unfinished.resolve("PG_VERSION"), "18\n");
        Files.writeString(unfinished.resolveSibling("password"), "of-this-test-only");
        try (LocalPostgres postgres = start(directory)) {
            assertThat(number(postgres, "SELECT 1")).isEqualTo("1");
            assertThat(directory).isDirectoryNotContaining("glob:**partial*");
        }
    }

    @Test
    void an_interrupted_initialisation_is_done_again(@TempDir Path directory) throws Exception {
        Thread first = Thread.ofPlatform().start(() -> {
            try {
                start(directory).close();
            } catch (RuntimeException e) {
                // its initdb was ended
            }
        });
        ProcessHandle initdb = await().until(
                        () -> ProcessHandle.current()
                                .descendants()
                                .filter(process ->
                                        process.info().commandLine().orElse("").contains("initdb -D " + directory))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        await().until(() -> {
            try (var files = Files.walk(directory)) {
                return files.anyMatch(file -> file.endsWith("PG_VERSION"));
            } catch (UncheckedIOException e) {
                return false;
            }
        });
        initdb.destroyForcibly();
        first.join();
        try (LocalPostgres second = start(directory)) {
            assertThat(number(second, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void recovery_from_a_crash_may_take_longer_than_any_other_start(@TempDir Path directory) throws Exception {
        LocalPostgres first = start(directory);
        execute(first, "CREATE TABLE t AS SELECT 44 AS n");
        first.kill();
        // PostgreSQL asks for log that is not there, several times, and each takes its time
        Files.createFile(first.dataDirectory().resolve("recovery.signal"));
        long begin = System.nanoTime();
        try (LocalPostgres second = LocalPostgres.settings()
                .dataDirectory(directory.resolve("data"))
                .superuserPassword("of-this-test-only")
                .set("restore_command", "sleep 3; false")
                .startLimit(Duration.ofSeconds(1))
                .start()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(2));
            assertThat(number(second, "SELECT n FROM t")).isEqualTo("44");
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
