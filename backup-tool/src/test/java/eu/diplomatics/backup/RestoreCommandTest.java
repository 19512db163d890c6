package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.restore.EmptyPlaces;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The command as an operator uses it. */
class RestoreCommandTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private Path configuration;

    @BeforeEach
    void open() throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(12);
        configuration = fixture.configuration();
        fixture.create();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private record Ran(int status, String out, String err) {}

    private Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = BackupApplication.commandLine(fixture.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Ran(status, out.toString(), err.toString());
    }

    @Test
    void restoresOnceAndSaysHowLongEachPartTook() throws Exception {
        String target = EmptyPlaces.target(directory).toString();

        Ran restored = run("restore", "--target", target, "--config", configuration.toString());

        assertThat(restored.err()).isEmpty();
        assertThat(restored.status()).isZero();
        assertThat(restored.out())
                .contains("tables", "keys", "data", "indexes", "check", "24 events", "their tree as signed");
        Ran again = run("restore", "--target", target, "--config", configuration.toString());
        assertThat(again.status()).isOne();
        assertThat(again.err()).contains("error: ", "restored here before", "HINT: ");
    }

    @Test
    void saysWhatIsWrongAndWhatToDo() throws Exception {
        String target = EmptyPlaces.target(directory).toString();
        assertThat(run("restore", "--config", configuration.toString()).status())
                .isEqualTo(2);
        assertThat(run("restore", "1999-01-01", "--target", target, "--config", configuration.toString())
                        .err())
                .contains("no generation of 1999-01-01");
        Path half = Files.writeString(directory.resolve("half.json"), "{\"databases\": {}}");
        assertThat(run("restore", "--target", half.toString(), "--config", configuration.toString())
                        .status())
                .isEqualTo(3);
        fixture.log.keys.custodian().stop();
        Ran away = run("restore", "--target", target, "--config", configuration.toString());
        assertThat(away.status()).isEqualTo(69);
        assertThat(away.err()).contains("error: the custodian", "HINT: ");
        fixture.log.keys.custodian().resume();
    }

    @Test
    void aGenerationOfDataAloneIsNotRestoredIntoAFolder() {
        Ran alone = run("restore", "--into", directory.resolve("new").toString(), "--config", configuration.toString());
        assertThat(alone.status()).isOne();
        assertThat(alone.err()).contains("data alone", "HINT: restore it with --target");
        assertThat(directory.resolve("new")).doesNotExist();
        assertThat(run("restore", "--into", "x", "--target", "y", "--config", configuration.toString())
                        .status())
                .isEqualTo(2);
    }

    @Test
    void aCopyTakesTheFirstPlacesPart() throws Exception {
        ObjectNode both = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(configuration));
        both.putObject("copies")
                .putObject("second")
                .put("kind", "local")
                .put("directory", directory.resolve("second").toString());
        Files.write(configuration, JsonMapper.shared().writeValueAsBytes(both));
        assertThat(run("copy", "--config", configuration.toString()).status()).isZero();
        try (Stream<Path> lost = Files.walk(fixture.placeDirectory())) {
            lost.filter(Files::isRegularFile)
                    .forEach(file -> assertThat(file.toFile().delete()).isTrue());
        }
        String target = EmptyPlaces.target(directory).toString();

        assertThat(run("restore", "--target", target, "--config", configuration.toString())
                        .err())
                .contains("no generation");
        assertThat(run("restore", "--place", "second", "--target", target, "--config", configuration.toString())
                        .out())
                .contains("24 events", "their tree as signed");
    }
}
