package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.KilledBackup;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.source.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that restores and dies where it is told to, as by SIGKILL: nothing is closed, nothing is flushed. */
final class KilledRestore {
    private KilledRestore() {}

    /** The tool's configuration, the target, the generation, the step, and the how manieth time it is reached. */
    public static void main(String[] args) throws Exception {
        JsonNode configuration = JsonMapper.shared().readTree(Files.readAllBytes(Path.of(args[0])));
        JsonNode target = JsonMapper.shared().readTree(Files.readAllBytes(Path.of(args[1])));
        RestoreGeneration.Step at = RestoreGeneration.Step.valueOf(args[3]);
        int[] left = {Integer.parseInt(args[4])};
        Map<SourceDatabase, DataSource> migrators = new EnumMap<>(SourceDatabase.class);
        migrators.putAll(KilledBackup.sources(target));
        try (var custodian = KilledBackup.custodian(configuration)) {
            new RestoreGeneration(
                            KilledBackup.store(configuration),
                            migrators,
                            custodian,
                            InstantSource.system(),
                            new RestoreGeneration.Settings(30, false),
                            new RestoreTest.Silent(),
                            step -> {
                                if (step == at && --left[0] == 0) {
                                    Runtime.getRuntime().halt(KilledBackup.KILLED);
                                }
                            })
                    .restore(GenerationId.parse(args[2]));
        }
    }

    /** The exit status of a process that does. */
    static int run(Path configuration, Path target, Manifest made, RestoreGeneration.Step step, int time)
            throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledRestore.class.getName(),
                        configuration.toString(),
                        target.toString(),
                        made.id(),
                        step.name(),
                        Integer.toString(time)))
                .inheritIO()
                .start();
        if (!process.waitFor(Duration.ofMinutes(2))) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }
}
