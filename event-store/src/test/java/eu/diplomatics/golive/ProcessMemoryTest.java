package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.golive.GoLiveCondition.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R18: no way leads from memory to a disk. */
class ProcessMemoryTest {
    private static final String[] CLOSED = {
        "-XX:-HeapDumpOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash", "-XX:+DisableAttachMechanism"
    };

    /** Run as a process of its own: prints what it finds of itself. */
    static final class Print {
        public static void main(String[] arguments) {
            System.out.print(ProcessMemory.ofThisProcess().leaks());
        }
    }

    @Test
    void aProcessStartedAsDocumentedLeaksNothing() throws Exception {
        assertThat(leaks("ulimit -c 0; echo 0 > /proc/self/coredump_filter;", CLOSED))
                .isEqualTo("[]");
    }

    @Test
    void eachOptionLeftOutIsFoundInTheProcessItself() throws Exception {
        assertThat(leaks("ulimit -S -c unlimited 2>/dev/null || ulimit -S -c 0;", "-XX:+HeapDumpOnOutOfMemoryError"))
                .contains("HeapDumpOnOutOfMemoryError", "CreateCoredumpOnCrash", "DisableAttachMechanism");
    }

    private static String leaks(String before, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + " exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Print.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed;
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false, 0, false, 33, ''",
        "false, false, false, 0, true, 30, ''",
        "true, false, false, 0, false, 33, heap dumps are on",
        "false, true, false, 0, false, 33, makes cores",
        "false, false, true, 0, false, 33, tools can attach",
        "false, false, false, unlimited, false, 33, core files is unlimited",
        "false, false, false, 4096, false, 0, core files is 4096",
        "false, false, false, 0, true, 33, pipes cores",
        "false, false, false, 0, true, 01, pipes cores"
    })
    void everyWayIsNamedAndStopsTheStart(
            boolean heap, boolean core, boolean attach, String limit, boolean piped, String filter, String says) {
        ProcessMemory memory = new ProcessMemory(
                heap, core, attach, limit, piped, Integer.parseInt(filter.toLowerCase(Locale.ROOT), 16));
        var verdict = new NoMemoryDumps(() -> memory).check();
        assertThat(verdict.state()).isEqualTo(says.isEmpty() ? State.GREEN : State.RED);
        assertThat(verdict.why()).contains(says);
        if (says.isEmpty()) {
            memory.requireNoLeak();
        } else {
            assertThatThrownBy(memory::requireNoLeak)
                    .isInstanceOf(IllegalStateException.class)
                    .message()
                    .contains("start refused", says);
        }
    }
}
