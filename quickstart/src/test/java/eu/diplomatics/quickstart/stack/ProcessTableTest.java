package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A crash of the launcher leaves nothing that the next start cannot clean up, and nobody else's process is touched. */
class ProcessTableTest {
    private Layout layout;
    private Process stub;

    ProcessTableTest(@TempDir Path directory) {
        layout = new Layout(directory.resolve("state"));
    }

    @BeforeEach
    void createFolders() throws IOException {
        layout.create();
        stub = Stub.start(layout.marker(), "-Ddiplomatics.process=stub");
    }

    @AfterEach
    void endStub() {
        stub.destroyForcibly();
    }

    @Test
    void a_recorded_process_of_this_installation_is_ended() throws IOException {
        new ProcessTable(layout).add("stub", stub.toHandle());
        assertThat(new ProcessTable(layout).reap()).containsExactly("stub (" + stub.pid() + ")");
        assertThat(stub.isAlive()).isFalse();
        assertThat(new ProcessTable(layout).reap()).isEmpty();
    }

    @Test
    void a_process_that_was_never_recorded_is_found_by_its_mark() throws IOException {
        assertThat(new ProcessTable(layout).reap()).hasSize(1);
        assertThat(stub.isAlive()).isFalse();
    }

    @Test
    void a_process_of_another_installation_lives_on() throws IOException {
        Layout other = new Layout(layout.home().resolveSibling("state-2"));
        other.create();
        assertThat(new ProcessTable(other).reap()).isEmpty();
        assertThat(stub.isAlive()).isTrue();
    }

    @Test
    void a_recorded_number_that_went_to_a_stranger_is_left_alone() throws IOException {
        Process stranger = Stub.start();
        try {
            new ProcessTable(layout).add("stub", stranger.toHandle());
            new ProcessTable(layout).reap();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void a_recorded_number_with_another_start_time_is_left_alone() throws IOException {
        Files.writeString(layout.run().resolve("processes"), "stub " + stub.pid() + " 1000\n");
        assertThat(new ProcessTable(layout).reap()).isEmpty();
        assertThat(stub.isAlive()).isTrue();
    }

    @Test
    void a_postgres_server_left_over_is_ended_after_its_clients() throws IOException {
        LocalPostgres postgres = LocalPostgres.settings()
                .dataDirectory(layout.postgresA())
                .superuserPassword("of-this-test-only")
                .ownSession()
                .keepAfterJvm()
                .start();
        assertThat(new ProcessTable(layout).reap())
                .containsExactly(
                        "stub (" + stub.pid() + ")",
                        "PostgreSQL (" + postgres.process().pid() + ")");
        assertThat(postgres.isAlive()).isFalse();
    }
}
