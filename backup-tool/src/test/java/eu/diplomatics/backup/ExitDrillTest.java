package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.EnvironmentFiles;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.PortableFixture;
import eu.diplomatics.backup.portable.Programs;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.receipt.CanonicalJson;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * R14: an export is fetched from the second provider, read by programs of others, and gone on from by what a generation
 * brought; what is asked then is drawn from the export. What goes on is a script here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExitDrillTest {
    private static final int PERSONS = 12;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Age.Pair reader = Age.generate();
    private Path directory;
    private PortableFixture fixture;
    private Path configuration;
    private Path identity;
    private int drills;
    private Path folder;

    @BeforeAll
    void open(@TempDir Path given) throws Exception {
        directory = given;
        fixture = new PortableFixture(given);
        fixture.register(PERSONS);
        fixture.exporter();
        configuration = fixture.registry.configuration();
        ObjectNode all = (ObjectNode) JSON.readTree(Files.readString(configuration));
        ObjectNode exports = all.putObject("exports");
        exports.putObject("place")
                .put("kind", "local")
                .put("directory", given.resolve("second-provider").toString());
        exports.putArray("keys").add(Base64.getEncoder().encodeToString(fixture.signer()));
        Files.writeString(configuration, all.toString());
        identity = Files.writeString(given.resolve("identity"), reader.identity() + "\n");
        String script = "#!/bin/sh\nprintf '%s\\n' \"$@\" >arguments.txt\ncat >restored.json <<'END'\n"
                + "{\"phases\": {\"import\": 900}, \"checks\": [], \"samples\": []}\nEND\n";
        fixture.registry.create(
                () -> List.of(file("jre/bin/java", true, script), file("app/quickstart/none.jar", false, "none")));
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    @BeforeEach
    void elsewhere() {
        folder = directory.resolve("drill-" + ++drills);
    }

    private static EnvironmentFiles.File file(String path, boolean executable, String content) {
        return new EnvironmentFiles.File(
                path, executable, () -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private record Ran(int status, String out, String err) {}

    private Ran run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--config", configuration.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = BackupApplication.commandLine(fixture.registry.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(status, out.toString(), err.toString());
    }

    private Ran drill(Path with, String... more) {
        List<String> args = new ArrayList<>(
                List.of("drill", "--custodian-lost", "--identity", with.toString(), "--into", folder.toString()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    private Path exported() throws Exception {
        Path bag = directory.resolve("bag");
        if (!Files.exists(bag)) {
            String[] args = {"export", "--to", bag.toString(), "--recipient", reader.recipient(), "--range", "10"};
            assertThat(run(args).status()).isEqualTo(77);
            fixture.approve(bag.resolve("order.json"), 2);
            assertThat(run(args).status()).isZero();
            assertThat(run("exports", "publish", "--bag", bag.toString()).status())
                    .isZero();
        }
        return bag;
    }

    @Test
    void theNewestExportIsFetchedReadByProgramsOfOthersAndWhatIsAskedIsDrawnFromIt() throws Exception {
        Programs.require("age", "zstd", "jq", "openssl");
        exported();

        Ran ran = drill(identity, "--keep", "--json");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        JsonNode report = JSON.readTree(ran.out());
        assertThat(report.at("/evidence/kind").asString()).isEqualTo("EXIT");
        assertThat(report.path("scenario").asString()).contains("its custodian are lost");
        assertThat(report.at("/evidence/tools")
                        .valueStream()
                        .map(tool -> tool.path("program").asString() + tool.path("passed")))
                .contains("sha256sumtrue", "openssltrue", "agetrue", "zstdtrue", "jqtrue");
        assertThat(report.path("phases").toString()).contains("under another custodian: import");
        assertThat(report.at("/evidence/handover").toString()).contains("age identity");

        Path elsewhere = directory.resolve(folder.getFileName() + "-elsewhere");
        assertThat(elsewhere.resolve("export/bagit.txt")).exists();
        assertThat(Files.readAllLines(elsewhere.resolve("registry/arguments.txt")))
                .contains("taken-over", "--bag", elsewhere.resolve("export").toString())
                .doesNotContain("--certificates", "--backup-config");
        assertThat(folder).as("no custodian, so nothing is restored").doesNotExist();
        drawnFromTheExport(JSON.readTree(Files.readString(elsewhere.resolve("sample.json"))));
    }

    private void drawnFromTheExport(JsonNode sample) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(sample.path("key").asString()), "HmacSHA256"));
        assertThat(sample.path("questions")).hasSize(PERSONS);
        for (JsonNode question : sample.path("questions")) {
            int person = fixture.references.stream()
                            .map(Object::toString)
                            .toList()
                            .indexOf(question.path("reference").asString())
                    + 1;
            boolean corrected = person % 3 == 0;
            boolean annulled = person % 4 == 0;
            Basis basis = corrected ? Examples.secondary() : Examples.master();
            String text = CanonicalJson.text(Map.of(
                    "reference",
                    question.path("reference").asString(),
                    "state",
                    annulled ? "ANNULLED" : "REGISTERED",
                    "supplier",
                    "kuleuven",
                    "supplierReference",
                    "REF-" + person,
                    "fullName",
                    basis.fullName(),
                    "awardedOn",
                    basis.awardedOn().toString()));
            assertThat(question.path("digest").asString())
                    .isEqualTo(HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8))));
            assertThat(question.path("version").asInt()).isEqualTo(1 + (corrected ? 1 : 0) + (annulled ? 1 : 0));
        }
    }

    @Test
    void anExportThatSomebodyChangedOrThatIsForSomebodyElseIsNotGoneOnFrom() throws Exception {
        Path bag = exported();
        Path other =
                Files.writeString(directory.resolve("other"), Age.generate().identity());
        assertThat(drill(other).err()).contains("HINT: give the identity of the recipient");

        Path changed = directory.resolve("second-provider/exports");
        Path file;
        try (var files = Files.walk(changed)) {
            file = files.filter(each -> each.toString().endsWith(".jsonl.zst.age"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[flipped.length / 2] ^= 1;
        Files.write(file, flipped);
        try {
            elsewhere();
            assertThat(drill(identity).err()).contains("changed: data/", "HINT: ");
        } finally {
            Files.write(file, whole);
        }
        elsewhere();
        assertThat(drill(identity, "--export", bag.toString()).status())
                .as("that one was not changed")
                .isZero();
        assertThat(directory.resolve(folder.getFileName() + "-elsewhere")).doesNotExist();
    }
}
