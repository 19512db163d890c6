package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackTest {
    @Test
    void a_database_that_does_not_start_is_named_with_its_log_and_a_hint(@TempDir Path directory) throws IOException {
        Layout layout = new Layout(directory.resolve("state"));
        layout.create();
        Files.createDirectories(layout.postgresA());
        Files.writeString(layout.postgresA().resolve("PG_VERSION"), "3\n");
        Addresses addresses = new Addresses(Ports.free() / 10 * 10);
        try (Stack stack = new Stack(layout, addresses, new Progress(System.out))) {
            assertThatThrownBy(() -> stack.postgres("postgres-a", layout.postgresA(), addresses.postgresA()))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("postgres-a could not be started")
                    .hasMessageContaining("postgres-a.log")
                    .hasMessageContaining("HINT:");
        }
    }
}
