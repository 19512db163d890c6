package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.EnvironmentFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * R14: a drill is held, its report says everything that was looked at, and people stand for it. What the generation brings is
 * a script here that tells what it found; what really comes back is tested where the services are.
 */
class DrillCommandTest {
    private static final String SAME = "ab".repeat(32);
    private static final String FOUND = """
            {"phases": {"data": 1200, "services": 800},
             "checks": [{"name": "a registration is taken and answered", "passed": true, "found": ""}],
             "samples": [{"of": "canaries", "source": "the generation", "later": 0,
                          "answers": [{"source": "SAME", "answered": "ANSWERED"}]}]}""".replace("SAME", SAME);

    @TempDir
    private Path directory;

    private BackupFixture fixture;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        fixture.log.fill(12);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** The services of this generation find this. */
    private void generation(String found) throws Exception {
        String script = "#!/bin/sh\nenv >environment.txt\ncat >restored.json <<'END'\n" + found + "\nEND\n";
        fixture.create(
                () -> List.of(file("jre/bin/java", true, script), file("app/quickstart/none.jar", false, "none")));
    }

    /** Signed as every generation is, with another Java in it. */
    private void generationWithJava(String java) throws Exception {
        fixture.create(() -> List.of(file("jre/bin/java", true, java), file("app/quickstart/none.jar", false, "none")));
    }

    private static EnvironmentFiles.File file(String path, boolean executable, String content) {
        return new EnvironmentFiles.File(
                path, executable, () -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private record Ran(int status, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private Ran run(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--config", fixture.configuration().toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = BackupApplication.commandLine(fixture.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        return new Ran(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    private static JsonNode named(JsonNode all, String member, String name) {
        return all.valueStream()
                .filter(each -> each.path(member).asString("").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + all));
    }

    @Test
    void theReportSaysWhatWasCountedByWhomItWasCountedAgainWhatWasAnsweredAndWhatWasNotAsALossWouldBe()
            throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));

        Ran drill = run("drill", "--json");

        assertThat(drill.status()).as(drill.out() + drill.err()).isZero();
        JsonNode report = run("drill", "show").json();
        assertThat(drill.json()).isEqualTo(report);
        assertThat(report.path("verdict").asString()).isEqualTo("PASSED");
        assertThat(report.path("events").asLong()).isEqualTo(24);
        assertThat(report.path("root").asString()).hasSize(64);
        assertThat(report.path("recoveryPointSeconds").isIntegralNumber()).isTrue();
        assertThat(named(report.path("phases"), "name", "services")
                        .path("millis")
                        .asLong())
                .isEqualTo(800);
        assertThat(report.path("checks")
                        .valueStream()
                        .map(check -> check.path("name").asString()))
                .contains(
                        "a flipped bit and a missing segment are found, without keys",
                        "the custodian refuses this generation's keys as those of another",
                        "a folder that is not empty is refused",
                        "a registration is taken and answered",
                        "sampled answers are as the generation says: canaries");
        JsonNode evidence = report.path("evidence");
        assertThat(evidence.path("kind").asString()).isEqualTo("RESTORE");
        assertThat(evidence.at("/rows/eventstore~1eventstore.event").asLong()).isEqualTo(24);
        assertThat(named(evidence.path("tools"), "program", "sha256sum")
                        .path("looked")
                        .asString())
                .matches("(\\d+) of \\1 segments");
        assertThat(named(evidence.path("tools"), "program", "openssl")
                        .path("version")
                        .asString())
                .startsWith("OpenSSL");
        assertThat(evidence.at("/samples/0/answers/0/answered").asString()).isEqualTo(SAME);
        assertThat(evidence.path("handover").size()).isEqualTo(3);
        assertThat(evidence.path("deviations").toString()).contains("databases could be reached");
        assertThat(directory.resolve("drill")).doesNotExist();
    }

    @Test
    void anAnswerThatIsNotAsTheSourceSaysFailsTheDrillAndTheReportIsKeptAllTheSame() throws Exception {
        generation(FOUND.replace("ANSWERED", "cd".repeat(32)));

        assertThat(run("drill").out())
                .contains("FAILED: sampled answers are as the generation says: canaries (0 of 1)");
        assertThat(run("drill", "list").status()).isEqualTo(1);
        assertThat(run("drill", "list").out()).contains("RESTORE", "FAILED");
    }

    @Test
    void noneAnsweredIsNoneThatWasRight() throws Exception {
        generation(FOUND.replaceAll("(?s)\"answers\": \\[.*?]}", "\"answers\": []}"));
        assertThat(run("drill").status()).isEqualTo(1);
    }

    @Test
    void whatIsStartedIsToldNothingByTheEnvironmentOfWhoStartsIt() throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));
        Path folder = directory.resolve("kept");

        assertThat(run("drill", "--into", folder.toString(), "--keep").status()).isZero();
        assertThat(Files.readAllLines(folder.resolve("environment.txt")))
                .as("the shell's own and what every program needs")
                .allMatch(line -> line.matches("(PATH|HOME|USER|LANG|LC_ALL|TZ|TMPDIR|PWD|OLDPWD|SHLVL|_)=.*"));
    }

    @Test
    void aBundleThatDoesNotStartAnyMoreIsFoundBySmallDrillThoughEveryDigestIsRight() throws Exception {
        generationWithJava("\177ELF, of another machine");
        Ran small = run("drill", "--small");
        assertThat(small.status()).isEqualTo(1);
        assertThat(small.out()).contains("FAILED: what the generation brought starts on this machine");
        assertThat(run("verify", "--keyless").status())
                .as("its bytes are as they were signed")
                .isZero();
        assertThat(run("drill", "list").out()).contains("SMALL", "FAILED");

        fixture.clock.forward(Duration.ofDays(1));
        generationWithJava("#!/bin/sh\nexit 3\n");
        assertThat(run("drill", "--small").out())
                .contains(
                        "FAILED: what the generation brought starts on this machine, registers and answers (status 3)");
        assertThat(directory.resolve("drill")).doesNotExist();
    }

    @Test
    void aSmallDrillAsksNoCustodianAndUsesNoDataOfTheRegistry() throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));
        fixture.log.keys.custodian().close();

        Ran small = run("drill", "--small", "--json");

        assertThat(small.status()).as(small.out() + small.err()).isZero();
        assertThat(small.json().at("/evidence/kind").asString()).isEqualTo("SMALL");
        assertThat(small.json().path("checks").toString()).doesNotContain("custodian");
        assertThat(run("drill", "--small", "--identity", "x").status()).isEqualTo(2);
        assertThat(run("drill", "--custodian-lost").err()).contains("need --identity");
    }

    @Test
    void aFolderThatIsThereAlreadyIsRefusedAndLeftAsItWas() throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));
        Path somebodys = Files.writeString(
                Files.createDirectories(directory.resolve("theirs-elsewhere")).resolve("file"), "x");

        Ran drill = run("drill", "--into", directory.resolve("theirs").toString());
        assertThat(drill.status()).isEqualTo(1);
        assertThat(drill.err()).contains("is there already", "HINT: ");
        assertThat(run("drill", "--into", directory.resolve("theirs-elsewhere").toString())
                        .status())
                .isEqualTo(1);
        assertThat(somebodys).hasContent("x");
        assertThat(run("drill", "list", "--json").out().strip()).isEqualTo("[]");
    }

    @Test
    void peopleStandForTheReportOnceEachAndTheListTellsWho() throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));
        run("drill");
        String hash = run("drill", "list", "--json").json().at("/0/reportHash").asString();

        fixture.clock.forward(Duration.ofHours(1));
        assertThat(run("drill", "sign", "latest", "--as", "Ann", "--remark", "mend the clock")
                        .out())
                .contains(hash, "Ann");
        Ran again = run("drill", "sign", "latest", "--as", "ann");
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err()).contains("signed the report", "HINT: ");
        assertThat(run("drill", "sign", "latest", "--as", "Bob").status()).isZero();

        JsonNode entry = run("drill", "list", "--json").json().path(0);
        assertThat(entry.path("signedOff")
                        .valueStream()
                        .map(each -> each.path("by").asString()))
                .containsExactly("Ann", "Bob");
        assertThat(entry.at("/signedOff/0/remark").asString()).isEqualTo("mend the clock");
        assertThat(run("drill", "list").out()).contains("signed by Ann, Bob");
        Path statement = fixture.placeDirectory()
                .resolve("drills/" + entry.path("id").asString().toLowerCase(Locale.ROOT) + "-signed-2.json");
        assertThat(statement).content().contains(hash);
        assertThat(run("drill").status()).isZero();
        assertThat(statement).as("stays with its report").exists();
        assertThat(run("drill", "sign", "2001-01-01", "--as", "Ann").err()).contains("no drill of 2001-01-01");
    }

    @Test
    void theReportGoesIntoAFolderAsItIsSignedAndForPeople() throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));
        Path folder = directory.resolve("reports");
        run("drill", "--report", folder.toString());
        JsonNode entry = run("drill", "list", "--json").json().path(0);
        Path pdf = folder.resolve("drill-" + entry.path("id").asString() + ".pdf");
        assertThat(pdf).isNotEmptyFile();
        assertThat(folder.resolve("drill-" + entry.path("id").asString() + ".json"))
                .hasSameBinaryContentAs(report(entry));

        run("drill", "sign", "latest", "--as", "Ann");
        Files.delete(pdf);
        assertThat(run("drill", "show", "--report", folder.toString()).status()).isZero();
        try (PDDocument read = Loader.loadPDF(pdf.toFile())) {
            assertThat(new PDFTextStripper().getText(read).replaceAll("\\s", ""))
                    .contains(entry.path("reportHash").asString(), "Ann");
        }
    }

    @Test
    void aReportThatIsNotTheOneTheIndexNamesIsNotBelievedThoughItIsSigned() throws Exception {
        generation(FOUND.replace("ANSWERED", SAME));
        run("drill");
        fixture.clock.forward(Duration.ofMinutes(1));
        run("drill");
        JsonNode drills = run("drill", "list", "--json").json();
        Path first = report(drills.path(0));
        Files.copy(first, report(drills.path(1)), StandardCopyOption.REPLACE_EXISTING);

        assertThat(run("drill", "show").err()).contains("the index names another report");
        assertThat(run("drill", "sign", "latest", "--as", "Ann").status()).isEqualTo(1);
    }

    private Path report(JsonNode entry) {
        return fixture.placeDirectory()
                .resolve("drills/" + entry.path("id").asString().toLowerCase(Locale.ROOT) + ".json");
    }
}
