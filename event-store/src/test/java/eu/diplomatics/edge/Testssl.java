package eu.diplomatics.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program of testssl.sh, which knows nothing of ours, and its verdicts. */
public final class Testssl {
    private static final String MISSING = "testssl is not installed: apt install testssl.sh";
    private static final List<String> BAD = List.of("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL");

    private final List<Verdict> verdicts;

    private Testssl(List<Verdict> verdicts) {
        this.verdicts = verdicts;
    }

    /** @param severity OK, INFO, WARN, LOW, MEDIUM, HIGH, CRITICAL or FATAL */
    public record Verdict(String id, String severity, String finding) {}

    /**
     * Protocols, categories of ciphers, what the server prefers, and known vulnerabilities, at this port of localhost.
     * Without the program the test fails where everything is tested, and is left out, with the reason, elsewhere.
     *
     * @param directory for its report
     */
    public static Testssl of(int port, Path directory) throws IOException, InterruptedException {
        Path report = directory.resolve("testssl.json");
        List<String> command = new ArrayList<>(List.of(program().toString()));
        command.addAll(List.of("--warnings", "off", "--quiet", "--color", "0", "--ip", "one"));
        command.addAll(List.of("--connect-timeout", "10", "--openssl-timeout", "10"));
        command.addAll(List.of("--jsonfile", report.toString(), "-p", "-s", "-P", "-U", "localhost:" + port));
        Path said = directory.resolve("testssl.txt");
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("testssl did not end: " + Files.readString(said));
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (JsonNode each : JsonMapper.shared().readTree(Files.readString(report))) {
            verdicts.add(new Verdict(
                    each.path("id").asString(),
                    each.path("severity").asString(),
                    each.path("finding").asString()));
        }
        if (verdicts.stream().noneMatch(each -> each.id().equals("scanTime"))) {
            throw new AssertionError("testssl did not come to its end: " + Files.readString(said));
        }
        return new Testssl(verdicts);
    }

    private static Path program() {
        Optional<Path> found = Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                .flatMap(folder -> Stream.of(Path.of(folder, "testssl"), Path.of(folder, "testssl.sh")))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError(MISSING);
        }
        return found.orElseThrow(() -> new TestAbortedException(MISSING));
    }

    /** What it finds fault with, from LOW on. */
    public List<Verdict> faults() {
        return verdicts.stream().filter(each -> BAD.contains(each.severity())).toList();
    }

    /** What it says about this, as {@code not offered}; empty where it says nothing. */
    public String finding(String id) {
        return verdicts.stream()
                .filter(each -> each.id().equals(id))
                .map(Verdict::finding)
                .findFirst()
                .orElse("");
    }
}
