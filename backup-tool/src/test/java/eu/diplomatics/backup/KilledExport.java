package eu.diplomatics.backup;

import eu.diplomatics.backup.export.Export;
import eu.diplomatics.backup.export.Export.Step;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A process that exports and dies where it is told to, as by SIGKILL: nothing is closed, nothing is flushed. */
final class KilledExport {
    private static final int KILLED = 137;

    private KilledExport() {}

    /** The exporter's configuration, the folder, the range, the step, the how manieth time it is reached, and how far the clock is ahead. */
    public static void main(String[] args) throws Exception {
        ExporterConfiguration configuration = ExporterConfiguration.read(Path.of(args[0]));
        Step at = Step.valueOf(args[3]);
        int[] left = {Integer.parseInt(args[4])};
        Duration ahead = Duration.parse(args[5]);
        Export.Steps dying = new Export.Steps() {
            @Override
            public void reached(Step step) {
                if (step == at && --left[0] == 0) {
                    Runtime.getRuntime().halt(KILLED);
                }
            }
        };
        try (HttpsCustodian custodian = configuration.custodian().open()) {
            configuration
                    .export(
                            custodian,
                            Long.parseLong(args[2]),
                            1,
                            () -> Instant.now().plus(ahead),
                            dying)
                    .run(Path.of(args[1]));
        }
    }

    /** @return whether it died there */
    static boolean at(Path exporter, Path folder, String range, Step step, int time, Duration ahead)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledExport.class.getName(),
                        exporter.toString(),
                        folder.toString(),
                        range,
                        step.name(),
                        Integer.toString(time),
                        ahead.toString()))
                .inheritIO()
                .start();
        if (!process.waitFor(Duration.ofMinutes(2))) {
            process.destroyForcibly();
        }
        return process.waitFor() == KILLED;
    }
}
