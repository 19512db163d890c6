package eu.diplomatics.backup.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.EnvironmentFiles;
import eu.diplomatics.backup.generation.EnvironmentReader;
import eu.diplomatics.backup.generation.GenerationId;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the folder is what the generation brought, and it is that which is run. */
class RestoredPlaceTest {
    private static final String SAYS_HOW_IT_WAS_CALLED = "#!/bin/sh\necho \"$@\" > called\nexit 7\n";

    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private Path folder;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        fixture.log.fill(3);
        folder = directory.resolve("restored");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static EnvironmentFiles.File file(String path, boolean executable, String content) {
        return new EnvironmentFiles.File(
                path, executable, () -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private EnvironmentReader created() throws Exception {
        String id = fixture.create(() -> List.of(
                        file("app/quickstart/launcher.jar", false, "jar"),
                        file("jre/bin/java", true, SAYS_HOW_IT_WAS_CALLED)))
                .id();
        return new EnvironmentReader(fixture.store(), GenerationId.parse(id));
    }

    private int restore(EnvironmentReader environment) throws Exception {
        return new RestoredPlace(folder)
                .restore(
                        environment,
                        directory.resolve("backup.json"),
                        directory.resolve("certificates"),
                        new RestoredPlace.Start("2026-11-22", "second", 9081, true),
                        line -> {});
    }

    @Test
    void itsOwnJavaIsRunAndWhatThatSaysIsTheEnd() throws Exception {
        assertThat(restore(created())).isEqualTo(7);

        assertThat(Files.readString(folder.resolve("called")))
                .contains(
                        folder + "/app/quickstart/*",
                        "restored",
                        "--day 2026-11-22",
                        "--place second",
                        "--port-base 9081",
                        "--check");
    }

    @Test
    void anotherGenerationIsNotPutOverIt() throws Exception {
        EnvironmentReader first = created();
        restore(first);
        fixture.log.append(1);
        EnvironmentReader second = created();

        assertThatThrownBy(() -> restore(second)).isInstanceOf(BundleException.class);
        Files.delete(folder.resolve("generation"));
        assertThatThrownBy(() -> restore(second)).isInstanceOf(BundleException.class);
    }

    @Test
    void unpackedHalfItIsUnpackedAgain() throws Exception {
        EnvironmentReader environment = created();
        restore(environment);
        Files.delete(folder.resolve("unpacked"));
        Files.writeString(folder.resolve("app/quickstart/launcher.jar"), "half a");

        restore(environment);

        assertThat(folder.resolve("app/quickstart/launcher.jar")).hasContent("jar");
    }
}
