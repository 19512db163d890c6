package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
    private final Layout layout;

    ChildTest(@TempDir Path directory) throws IOException {
        layout = new Layout(directory);
        layout.create();
    }

    @Test
    void a_secret_goes_by_environment_and_never_stands_on_the_command_line() throws Exception {
        Child child = Child.start(layout, spec(List.of()));
        try {
            String commandLine = child.process().info().commandLine().orElseThrow();
            assertThat(commandLine)
                    .contains(layout.marker(), "-XX:-HeapDumpOnOutOfMemoryError", "-XX:+DisableAttachMechanism")
                    .doesNotContain("sentinel");
            assertThat(spec(List.of()).toString()).doesNotContain("sentinel");
            child.awaitReady(() -> true);
        } finally {
            child.stop();
        }
        assertThat(child.process().isAlive()).isFalse();
    }

    @Test
    void a_child_that_ends_while_starting_is_reported_with_the_end_of_its_log() throws Exception {
        Child child = Child.start(layout, spec(List.of("fail")));
        assertThatThrownBy(() -> child.awaitReady(() -> false))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("exit 3")
                .hasMessageContaining("the stub was told to fail");
    }

    @Test
    void credentials_are_random_stay_the_same_and_are_for_the_owner_only() throws IOException {
        String first = new Credentials(layout.credentialsFile()).get("role.es_writer");
        assertThat(new Credentials(layout.credentialsFile()).get("role.es_writer"))
                .isEqualTo(first)
                .isNotEqualTo(new Credentials(layout.credentialsFile()).get("role.es_reader"));
        assertThat(Files.getPosixFilePermissions(layout.credentialsFile())).hasSize(2);
        assertThat(new Credentials(layout.credentialsFile()).toString()).doesNotContain(first);
    }

    private static Child.Spec spec(List<String> arguments) {
        return new Child.Spec(
                "stub",
                System.getProperty("java.class.path"),
                Stub.class.getName(),
                16,
                List.of(),
                arguments,
                Map.of("SECRET", "sentinel"));
    }
}
