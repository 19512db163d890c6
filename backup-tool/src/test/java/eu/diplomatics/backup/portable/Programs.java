package eu.diplomatics.backup.portable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Programs of the system, that know nothing of ours. */
public final class Programs {
    private Programs() {}

    /** Without them the test is skipped; where CI is true it fails. */
    public static void require(String... names) {
        List<String> missing = Stream.of(names)
                .filter(name -> Stream.of(System.getenv("PATH").split(":"))
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, name))))
                .toList();
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(missing).as("install these programs").isEmpty();
        }
        assumeTrue(missing.isEmpty(), "not installed: " + missing);
    }

    public record Ran(int status, String out) {}

    /** In a shell, as the README says it. */
    public static Ran shell(Path folder, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-o", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out);
    }
}
