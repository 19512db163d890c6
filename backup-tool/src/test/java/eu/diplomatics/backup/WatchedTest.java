package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** R10: whoever watches reads signed figures of what ended well, also where the backups lie elsewhere. */
class WatchedTest {
    private static final String[] OPERATIONS = {"create.json", "tail.json", "verify.json"};

    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private Path configuration = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(20);
        configuration = fixture.configuration();
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(configuration));
        json.put("watched", watched().toString());
        Files.writeString(configuration, json.toString());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private Path watched() {
        return directory.resolve("watched");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        CommandLine line = BackupApplication.commandLine(fixture.clock);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 2];
        all[0] = "--config";
        all[1] = configuration.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return line.execute(all);
    }

    private JsonNode status() {
        run("status", "--json");
        return JsonMapper.shared().readTree(out.toString());
    }

    private static JsonNode run(JsonNode status, String operation) {
        return status.path("runs")
                .valueStream()
                .filter(each -> each.path("operation").asString().equals(operation))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theLastOfEachOperationIsToldAndItsSignedRecordLiesWhereItIsWatched() throws Exception {
        assertThat(run("create")).isZero();
        Instant before = fixture.clock.instant();
        assertThat(run("tail")).isZero();
        assertThat(run("verify")).isZero();

        JsonNode status = status();
        assertThat(run(status, "create").path("events").asLong())
                .isEqualTo(fixture.log.stored().size());
        assertThat(run(status, "create").path("bytes").asLong()).isPositive();
        assertThat(run(status, "create").path("millis").asLong()).isPositive();
        assertThat(Instant.parse(run(status, "tail").path("at").asString()))
                .isBetween(before.minusMillis(1), fixture.clock.instant());
        assertThat(run(status, "verify").path("bytes").asLong())
                .isGreaterThan(run(status, "create").path("bytes").asLong() / 2);

        Path place = fixture.placeDirectory();
        assertThat(watched().resolve("index.json")).hasSameBinaryContentAs(place.resolve("index.json"));
        for (String each : OPERATIONS) {
            assertThat(watched().resolve("runs").resolve(each))
                    .hasSameBinaryContentAs(place.resolve("runs").resolve(each));
        }
        assertThat(err.toString()).isEmpty();
        run("keys", "audit");
        assertThat(out.toString()).as("a record is no stranger").doesNotContain("runs/");
    }

    @Test
    void whatFailedLeavesTheRecordOfTheOneBeforeIt() throws Exception {
        assertThat(run("create")).isZero();
        byte[] record = Files.readAllBytes(watched().resolve("runs/create.json"));
        byte[] index = Files.readAllBytes(watched().resolve("index.json"));
        fixture.log.atKeyring("DROP POLICY backup_reads ON keyring.data_key");

        assertThat(run("create")).isNotZero();

        assertThat(watched().resolve("runs/create.json")).hasBinaryContent(record);
        assertThat(watched().resolve("index.json")).hasBinaryContent(index);
    }

    @Test
    void whatNobodyBelievesIsNotBroughtWhereItIsWatched() throws Exception {
        assertThat(run("create")).isZero();
        byte[] index = Files.readAllBytes(watched().resolve("index.json"));
        Path place = fixture.placeDirectory().resolve("index.json");
        Files.writeString(place, Files.readString(place).replace("verifiedAt", "verifiedAT"));

        assertThat(run("status")).isNotZero();

        assertThat(watched().resolve("index.json")).hasBinaryContent(index);
    }

    @Test
    void aBackupThatCannotBeToldIsABackupAllTheSame() throws Exception {
        Files.writeString(watched(), "in the way");

        assertThat(run("create")).isZero();

        assertThat(err.toString()).contains("HINT:");
        assertThat(run("verify")).isZero();
    }
}
