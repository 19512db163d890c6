package eu.diplomatics.quickstart.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchReportTest {
    @Test
    void writesMediansAndTheStateOfTheMachineAsTheContractSays(@TempDir Path directory) throws Exception {
        BenchReport report = new BenchReport("append");
        report.commitProbe(400);
        report.commitProbe(600);
        report.add("append-bulk", List.of(10.0, 1_000.0, 30.0), List.of(60.0, 50.0), "events/s");

        Path file = report.write(directory.resolve("bench"));

        assertThat(file.getFileName()).hasToString("append.json");
        JsonNode json = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(json.path("machine").path("cores").asInt()).isPositive();
        assertThat(json.path("machine").path("commitProbePerSecond").asDouble()).isEqualTo(500);
        assertThat(json.path("machine").has("load")).isTrue();
        JsonNode result = json.path("results").get(0);
        assertThat(result.path("name").asString()).isEqualTo("append-bulk");
        assertThat(result.path("ours").asDouble()).isEqualTo(30);
        assertThat(result.path("limit").asDouble()).isEqualTo(55);
        assertThat(result.path("ratio").asDouble()).isEqualTo(0.545);
        assertThat(result.path("unit").asString()).isEqualTo("events/s");
    }

    @Test
    void printsATable() {
        BenchReport report = new BenchReport("append");
        report.add("append-1", List.of(50.0), List.of(100.0), "events/s");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        report.print(new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(printed.toString(StandardCharsets.UTF_8)).containsPattern("append-1 +50 +100 +0\\.50 +events/s");
    }
}
