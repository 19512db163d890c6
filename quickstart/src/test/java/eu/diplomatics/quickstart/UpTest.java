package eu.diplomatics.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.StartFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpTest {
    @Test
    void a_port_in_use_is_named_together_with_the_option_that_changes_it(@TempDir Path directory) throws IOException {
        int base = Ports.free();
        try (ServerSocket other = new ServerSocket(base + 1, 1, InetAddress.getLoopbackAddress())) {
            assertThat(other.isBound()).isTrue();
            assertThatThrownBy(() -> up(directory, base).run())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("port " + (base + 1) + " (query)")
                    .hasMessageContaining("--port-base");
        }
    }

    @Test
    void a_second_start_says_that_the_first_one_runs(@TempDir Path directory) throws Exception {
        Layout layout = new Layout(directory);
        layout.create();
        FileLock lock = Objects.requireNonNull(new RunState(layout).lock());
        try {
            assertThat(up(directory, Ports.free()).run()).isZero();
        } finally {
            lock.acquiredBy().close();
        }
    }

    @Test
    void a_port_base_beyond_every_number_is_refused_with_the_range(@TempDir Path directory) {
        assertThatThrownBy(() -> new Up(
                        new Layout(directory), new Arguments(new String[] {"up", "--port-base", "99999999999"}, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--port-base takes a number from");
    }

    @Test
    void an_option_that_is_no_number_is_refused(@TempDir Path directory) {
        assertThatThrownBy(() ->
                        new Up(new Layout(directory), new Arguments(new String[] {"up", "--port-base", "many"}, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Up up(Path directory, int base) {
        return new Up(
                new Layout(directory), new Arguments(new String[] {"up", "--port-base", Integer.toString(base)}, 1));
    }
}
