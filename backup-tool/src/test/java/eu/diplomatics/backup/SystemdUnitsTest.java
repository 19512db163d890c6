package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The units that are shipped call what there is. */
class SystemdUnitsTest {
    private static final Path UNITS = Path.of("../deploy/systemd");
    private static final Pattern COMMAND =
            Pattern.compile("^ExecStart=.* eu\\.diplomatics\\.backup\\.BackupApplication (.*)$", Pattern.MULTILINE);

    static Stream<Path> services() {
        try (Stream<Path> files = Files.list(UNITS)) {
            return files.filter(file -> file.toString().endsWith(".service")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void eachServiceGivesACommandThatTheToolTakes(Path service) throws IOException {
        Matcher command = COMMAND.matcher(Files.readString(service));
        assertThat(command.find()).isTrue();
        BackupApplication.commandLine(InstantSource.system())
                .parseArgs(command.group(1).split(" "));
    }

    @ParameterizedTest
    @MethodSource("services")
    void eachServiceIsBegunByATimerOrWithTheMachineAndLeavesNoDumpOfItsMemory(Path service) throws IOException {
        assertThat(Files.exists(Path.of(service.toString().replace(".service", ".timer"))))
                .isNotEqualTo(Files.readString(service).contains("WantedBy=multi-user.target"));
        assertThat(Files.readAllLines(service)).contains("LimitCORE=0", "UMask=0077", "NoNewPrivileges=yes");
        assertThat(Files.readString(service)).contains("-XX:-HeapDumpOnOutOfMemoryError");
    }

    @Test
    void aGenerationATailALookAtKeysTwoKindsOfDrillAndALookAtExports() {
        assertThat(services().map(file -> file.getFileName().toString()))
                .isEqualTo(List.of(
                        "diplomatics-backup-audit.service",
                        "diplomatics-backup-drill.service",
                        "diplomatics-backup-environment.service",
                        "diplomatics-backup-tail.service",
                        "diplomatics-backup.service",
                        "diplomatics-exports.service"));
    }
}
