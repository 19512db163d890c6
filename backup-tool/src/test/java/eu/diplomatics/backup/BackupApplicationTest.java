package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line as an operator uses it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupApplicationTest {
    private BackupFixture fixture;
    private Path configuration;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(12);
        configuration = fixture.configuration();
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    /** What was printed, and the exit status. */
    private record Ran(int status, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private Ran run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--config", configuration.toString()));
        return bare(all.toArray(String[]::new));
    }

    private Ran bare(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = BackupApplication.commandLine(fixture.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        return new Ran(line.execute(args), out.toString(), err.toString());
    }

    @Test
    void createsListsVerifiesAndTellsHowOldItIs() throws Exception {
        Ran created = run("create");
        assertThat(created.err()).isEmpty();
        assertThat(created.status()).isZero();
        assertThat(created.out()).contains("eventstore.event").contains("24 events", "verified");

        JsonNode listed = run("list", "--json").json();
        assertThat(listed).hasSize(1);
        assertThat(listed.path(0).propertyNames())
                .containsExactlyInAnyOrder("day", "path", "state", "events", "bytes", "keyVersions");
        assertThat(listed.path(0).path("state").asString()).isEqualTo("verified");
        assertThat(listed.path(0).path("events").asLong()).isEqualTo(24);
        assertThat(listed.path(0).path("keyVersions").path("1").asLong()).isEqualTo(24);
        assertThat(run("list").out()).contains("verified");
        assertThat(run("verify").status()).isZero();
        assertThat(run("verify", "--keyless").out()).contains("OK", "without keys");

        assertThat(run("keys", "audit").out()).contains("1=24", "OK");
        assertThat(run("keys", "audit", "--json").json().path("findings")).isEmpty();

        assertThat(run("status").status()).isZero();
        fixture.clock.forward(Duration.ofHours(27));
        assertThat(run("status", "--json").json().path("state").asString()).isEqualTo("LATE");
        fixture.clock.forward(Duration.ofHours(46));
        Ran overdue = run("status");
        assertThat(overdue.out()).startsWith("OVERDUE");
        assertThat(overdue.status()).isOne();

        Path segment = aSegment();
        byte[] whole = Files.readAllBytes(segment);
        Files.delete(segment);
        Ran damaged = run("verify");
        assertThat(damaged.status()).isOne();
        assertThat(damaged.out()).contains("MISSING", "FINDINGS");
        Files.write(segment, whole);

        fixture.log.keys.custodian().stop();
        Ran away = run("verify");
        assertThat(away.status()).isEqualTo(69);
        assertThat(away.err()).contains("error: the custodian", "HINT:");
        fixture.log.keys.custodian().resume();
    }

    private Path aSegment() throws IOException {
        try (var files = Files.walk(fixture.placeDirectory())) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void saysWhatIsWrongAndWhatToDo() throws Exception {
        assertThat(bare("create").status()).isEqualTo(2);
        assertThat(bare("create").err()).contains("--config", "HINT: backup --help");
        assertThat(bare("--help").out()).contains("create", "verify", "Exit status");
        assertThat(bare("verify", "--help").out()).contains("--keyless", "DAY");
        assertThat(bare("generate-completion").out()).contains("complete -F", "--keyless");
        assertThat(run("verify", "1999-01-01").err()).contains("no generation of 1999-01-01");
        Path broken = fixture.directory.resolve("broken.json");
        Files.writeString(broken, "{\"place\": {\"kind\": \"local\", \"directory\": \"x\", \"colour\": 1}}");
        Ran unknown = bare("list", "--config", broken.toString());
        assertThat(unknown.status()).isEqualTo(3);
        assertThat(unknown.err()).contains("error:", "colour", "HINT:");
        assertThat(bare("list", "--config", "/nowhere/backup.json").status()).isEqualTo(3);
    }
}
