package eu.diplomatics.backup.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.EnvironmentFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R11: what is gathered for a place where there is nothing. */
class EnvironmentBundleTest {
    @TempDir
    private Path directory;

    private Path programs;
    private Path configuration;

    @BeforeEach
    void prepare() throws Exception {
        programs = Files.createDirectories(directory.resolve("app/program"));
        configuration = Files.createDirectories(directory.resolve("configuration"));
        Files.writeString(configuration.resolve("services.json"), "{}");
        Path library = Path.of(JsonMapper.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.copy(library, programs.resolve(library.getFileName().toString()));
        Files.writeString(programs.resolve("fingerprint"), "not a program");
    }

    private EnvironmentBundle bundle() {
        return new EnvironmentBundle(
                directory.resolve("app"),
                Path.of(System.getProperty("java.home")),
                configuration,
                directory.resolve("work"));
    }

    @Test
    void hasProgramsMigrationsDocumentsAndWhatSoftwareItIs() throws Exception {
        // linked before: that takes its time, and another test does it
        Path linked = Files.createDirectories(directory.resolve("work/jre-" + version()));
        Files.writeString(linked.resolve("release"), "x");

        List<EnvironmentFiles.File> files = bundle().files();

        assertThat(files)
                .extracting(EnvironmentFiles.File::path)
                .doesNotHaveDuplicates()
                .contains(
                        "configuration/services.json",
                        "jre/release",
                        "migrations/eventstore/V1__log.sql",
                        "migrations/keyring/V1__keyring.sql",
                        "migrations/accesslog/V1__access_log.sql",
                        "migrations/registry/V1__batches.sql",
                        "docs/backup-format.md",
                        "docs/runbooks/backup.md",
                        "sbom.cdx.json")
                .noneMatch(path -> path.endsWith("fingerprint"));
        JsonNode software = JsonMapper.shared().readTree(content(files, "sbom.cdx.json"));
        assertThat(software.path("bomFormat").asString()).isEqualTo("CycloneDX");
        JsonNode component = software.path("components").path(0);
        assertThat(component.path("purl").asString()).startsWith("pkg:maven/tools.jackson.core/jackson-databind@3");
        assertThat(component.path("hashes").path(0).path("content").asString()).matches("[0-9a-f]{64}");
    }

    private static String version() throws Exception {
        return Files.readAllLines(Path.of(System.getProperty("java.home"), "release")).stream()
                .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION="))
                .map(line -> line.substring(line.indexOf('"') + 1, line.length() - 1))
                .findFirst()
                .orElseThrow()
                .toLowerCase(Locale.ROOT);
    }

    private static String content(List<EnvironmentFiles.File> files, String path) throws Exception {
        for (EnvironmentFiles.File file : files) {
            if (file.path().equals(path)) {
                try (InputStream in = file.content().open()) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
        throw new IllegalArgumentException(path);
    }

    @Test
    void theJavaInItRunsWithoutTheOneItWasLinkedFrom() throws Exception {
        Path image = JavaImage.of(Path.of(System.getProperty("java.home")), directory.resolve("work"));

        Process process = new ProcessBuilder(
                        new ArrayList<>(List.of(image.resolve("bin/java").toString(), "--list-modules")))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String modules = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(modules).isZero();
        assertThat(modules).contains("java.sql", "jdk.crypto.cryptoki").doesNotContain("jdk.compiler");
        assertThat(JavaImage.of(Path.of(System.getProperty("java.home")), directory.resolve("work")))
                .isEqualTo(image);
    }

    @Test
    void refusesWhatIsNoJdk() {
        EnvironmentBundle without = new EnvironmentBundle(
                directory.resolve("app"), directory.resolve("nowhere"), configuration, directory.resolve("work"));
        assertThatThrownBy(without::files).isInstanceOf(IOException.class);
    }
}
