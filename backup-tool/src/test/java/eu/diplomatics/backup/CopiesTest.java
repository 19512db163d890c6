package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.backup.place.S3Place;
import eu.diplomatics.backup.place.SftpPlace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Places as an operator names them. */
class CopiesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path directory;

    private record Ran(int status, String out, String err) {}

    private static Ran run(BackupFixture fixture, Path configuration, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--config", configuration.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = BackupApplication.commandLine(fixture.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        return new Ran(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    private Path withCopies(Path file) throws IOException {
        ObjectNode configuration = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
        ObjectNode copies = configuration.putObject("copies");
        for (String name : List.of("second", "third")) {
            copies.putObject(name)
                    .put("kind", "local")
                    .put("directory", directory.resolve(name).toString());
        }
        return Files.write(file, JSON.writeValueAsBytes(configuration));
    }

    @Test
    void everyGenerationComesToEveryPlaceAndAPlaceThatFailsKeepsItFromNoOther() throws Exception {
        try (BackupFixture fixture = new BackupFixture(directory)) {
            fixture.log.fill(4);
            Path configuration = withCopies(fixture.configuration());

            Ran created = run(fixture, configuration, "create");
            assertThat(created.err()).isEmpty();
            assertThat(created.status()).isZero();
            assertThat(created.out()).contains("copy second: ", "copy third: ", "verified");
            assertThat(run(fixture, configuration, "list", "--place", "second").out())
                    .contains("verified");
            assertThat(run(fixture, configuration, "verify", "--keyless", "--place", "third")
                            .out())
                    .contains("OK");
            assertThat(run(fixture, configuration, "status").out())
                    .contains("copy second: FRESH, 1 generation(s)", "copy third: FRESH");
            assertThat(run(fixture, configuration, "places").out())
                    .contains("first: ", "second: " + directory.resolve("second"));
            Ran unknown = run(fixture, configuration, "list", "--place", "fourth");
            assertThat(unknown.status()).isEqualTo(3);
            assertThat(unknown.err()).contains("fourth", "first, second, third");

            Ran audited = run(fixture, configuration, "keys", "audit");
            assertThat(audited.status()).as(audited.out()).isZero();
            assertThat(audited.out()).contains("first: ", "second: ", "third: ", "not looked at: exports", "OK");
            Files.writeString(directory.resolve("third/left.segment"), "a copy that somebody made");
            Ran stranger = run(fixture, configuration, "keys", "audit");
            assertThat(stranger.status()).isOne();
            assertThat(stranger.out()).contains("FINDING third UNACCOUNTED left.segment");
            assertThat(run(fixture, configuration, "keys", "audit", "--place", "first")
                            .status())
                    .isZero();
            Files.delete(directory.resolve("third/left.segment"));

            fixture.clock.forward(Duration.ofDays(1));
            replaceByFile(directory.resolve("second"));
            assertThat(run(fixture, configuration, "keys", "audit").status()).isOne();
            Ran failed = run(fixture, configuration, "create");
            assertThat(failed.status()).isOne();
            assertThat(failed.err()).contains("copy second is not what the first place is", "error: ", "HINT: ");
            assertThat(failed.out()).contains("copy third: ");
            assertThat(run(fixture, configuration, "verify").out()).containsIgnoringCase("OK");
            JsonNode status = JSON.readTree(
                    run(fixture, configuration, "status", "--json").out());
            assertThat(status.path("state").asString()).isEqualTo("FRESH");
            assertThat(status.path("copies").path(0).path("state").asString()).isEqualTo("UNKNOWN");
            assertThat(status.path("copies").path(1).path("generations").asInt())
                    .isEqualTo(2);
            assertThat(run(fixture, configuration, "status").status()).isOne();

            Files.delete(directory.resolve("second"));
            Ran brought = run(fixture, configuration, "copy");
            assertThat(brought.status()).isZero();
            assertThat(brought.out()).contains("copy second: ", "copy third: no new generation");
            assertThat(run(fixture, configuration, "status").status()).isZero();
        }
    }

    private static void replaceByFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        Files.writeString(folder, "no folder");
    }

    private PlaceConfiguration configuration(String json) {
        return JSON.readValue(json.replace('\'', '"').replace("DIR", directory.toString()), PlaceConfiguration.class);
    }

    @Test
    void aPlaceIsOfOneOfThreeKinds() throws Exception {
        Files.writeString(
                directory.resolve("s3.json"), "{\"accessKeyId\": \"somebody\", \"secretAccessKey\": \"something\"}");
        assertThat(new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key")
                        .directory(directory.toFile())
                        .start()
                        .waitFor())
                .isZero();
        String hostKey = Files.readString(directory.resolve("key.pub")).strip();

        try (var local = configuration("{'kind': 'local', 'directory': 'DIR/place'}")
                        .open();
                var s3 = configuration("{'kind': 's3', 'endpoint': 'https://s3.example.eu', 'region': 'eu-1',"
                                + " 'bucket': 'backups', 'prefix': 'registry/', 'style': 'host',"
                                + " 'credentialsFile': 'DIR/s3.json', 'spool': 'DIR/spool'}")
                        .open();
                var sftp = configuration("{'kind': 'sftp', 'host': 'backup.example.eu', 'user': 'registry',"
                                + " 'directory': 'backups', 'privateKey': 'DIR/key', 'hostKey': '" + hostKey
                                + "', 'spool': 'DIR/spool'}")
                        .open()) {
            assertThat(local).isInstanceOf(LocalPlace.class);
            assertThat(s3).isInstanceOf(S3Place.class);
            assertThat(s3.name()).isEqualTo("https://s3.example.eu/backups/registry/");
            assertThat(sftp).isInstanceOf(SftpPlace.class);
            assertThat(sftp.name()).isEqualTo("sftp://registry@backup.example.eu/~/backups");
        }
    }

    @Test
    void aPlaceThatWouldBeUnsafeOrIsNoneIsRefused() {
        String s3 = "{'kind': 's3', 'endpoint': '%s', 'region': 'eu-1', 'bucket': '%s', 'prefix': '%s', 'style': '%s',"
                + " 'credentialsFile': 'DIR/s3.json', 'spool': 'DIR/spool'}";
        for (String wrong : List.of(
                s3.formatted("http://s3.example.eu", "backups", "", "path"),
                s3.formatted("https://user:secret@s3.example.eu", "backups", "", "path"),
                s3.formatted("https://s3.example.eu/path", "backups", "", "path"),
                s3.formatted("https://s3.example.eu", "../backups", "", "path"),
                s3.formatted("https://s3.example.eu", "backups", "../", "path"),
                s3.formatted("https://s3.example.eu", "backups", "", "other"),
                "{'kind': 's3', 'region': 'eu-1', 'bucket': 'backups'}",
                "{'kind': 'sftp', 'host': 'backup.example.eu', 'user': 'registry'}")) {
            assertThatThrownBy(() -> configuration(wrong).open()).isInstanceOf(ConfigurationException.class);
        }
    }
}
