package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** R10: where there is no room for a fourth generation, the three that count stay whole, and the next one is made. */
class FullDiskTest {
    /** Three generations of this registry take half of it. */
    private static final String MOUNTED = "mount -t tmpfs -o size=3m,mode=700 tmpfs \"$1\" && shift && exec \"$@\"";
    /** In blocks of 512 or 1,024 bytes, as the shell has it: no segment of this registry is so short. */
    private static final String LIMITED = "ulimit -f 12 && shift && exec \"$@\"";

    @TempDir
    private Path directory;

    private BackupFixture fixture;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        fixture.log.fill(60);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** A file system that is full, where this machine lets a process mount one of its own; the next test needs nothing. */
    @Test
    void onAFileSystemThatIsFull() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        List<String> mounting = List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh");
        if (!mayMount(small)) {
            throw new TestAbortedException("this machine's kernel lets no user mount a file system of their own");
        }

        String said = run(mounting, small, placedIn(small.resolve("place")));

        assertThat(said.lines().toList())
                .anySatisfy(line -> assertThat(line).startsWith("refused: ").containsIgnoringCase("no space"))
                .contains("the same three count: true", "whole: true", "made when there was room: true", "left over: 0")
                .doesNotContain("whole: false");
    }

    @Test
    void whereFilesMayGrowNoLonger() throws Exception {
        for (int day = 0; day < GenerationIndex.KEPT; day++) {
            fixture.create();
            fixture.clock.forward(Duration.ofDays(1));
        }
        List<GenerationStore.Stored> three = fixture.store().list();

        String said = new String(
                process(
                                List.of("sh", "-c", LIMITED, "sh", "unused"),
                                KilledBackup.class,
                                List.of(fixture.configuration().toString(), "PROMOTED", "1", ahead()))
                        .start()
                        .getInputStream()
                        .readAllBytes(),
                StandardCharsets.UTF_8);

        assertThat(said).contains("File too large");
        assertThat(fixture.store().list().subList(0, GenerationIndex.KEPT)).isEqualTo(three);
        for (GenerationStore.Stored each : three) {
            assertThat(new VerifyGeneration(fixture.store())
                            .verify(each.id(), fixture.custodian())
                            .findings())
                    .isEmpty();
        }
        fixture.create();
        assertThat(fixture.store().list())
                .extracting(GenerationStore.Stored::state)
                .containsExactly(
                        GenerationStore.State.VERIFIED, GenerationStore.State.VERIFIED, GenerationStore.State.VERIFIED);
    }

    private String ahead() {
        return fixture.clock.ahead().toString();
    }

    private static boolean mayMount(Path small) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(
                                    "unshare",
                                    "--user",
                                    "--map-root-user",
                                    "--mount",
                                    "sh",
                                    "-c",
                                    MOUNTED,
                                    "sh",
                                    small.toString(),
                                    "true")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private Path placedIn(Path place) throws IOException {
        JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(fixture.configuration()));
        ((ObjectNode) json.path("place")).put("directory", place.toString());
        return Files.writeString(directory.resolve("elsewhere.json"), json.toString());
    }

    private String run(List<String> mounting, Path small, Path configuration) throws Exception {
        List<String> before =
                Stream.concat(mounting.stream(), Stream.of(small.toString())).toList();
        Process process = process(before, FullDisk.class, List.of(configuration.toString(), ahead()))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static ProcessBuilder process(List<String> before, Class<?> program, List<String> arguments) {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName());
        return new ProcessBuilder(
                        Stream.of(before, java, arguments).flatMap(List::stream).toList())
                .redirectErrorStream(true);
    }
}
