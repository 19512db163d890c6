package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.PortableFixture;
import eu.diplomatics.backup.portable.Programs;
import eu.diplomatics.qualification.Examples;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R13: whoever has an export and its identity needs no program of ours: these tests use none to read it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExportReadByOthersTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String OPEN = "for f in data/events/*.age; do age -d -i ../identity \"$f\" | zstd -dq; done";

    private Path directory;

    private PortableFixture fixture;
    private Path bag;

    @BeforeAll
    void export(@TempDir Path given) throws Exception {
        directory = given;
        fixture = new PortableFixture(directory);
        fixture.register(24);
        fixture.shred(fixture.holders.get(2));
        fixture.exporter();
        Files.writeString(directory.resolve("backup.json"), "{}");
        Age.Pair reader = Age.generate();
        Files.writeString(directory.resolve("identity"), reader.identity() + "\n");
        Files.writeString(directory.resolve("other"), Age.generate().identity() + "\n");
        bag = directory.resolve("bag");
        assertThat(run("--recipient", reader.recipient())).isEqualTo(77);
        fixture.approve(bag.resolve("order.json"), 2);
        assertThat(run()).isZero();
    }

    private int run(String... args) {
        StringWriter ignored = new StringWriter();
        String[] all = Stream.concat(
                        Stream.of(
                                "export",
                                "--to",
                                bag.toString(),
                                "--range",
                                "20",
                                "--config",
                                directory.resolve("backup.json").toString()),
                        Stream.of(args))
                .toArray(String[]::new);
        return BackupApplication.commandLine(fixture.registry.clock)
                .setOut(new PrintWriter(ignored, true))
                .setErr(new PrintWriter(ignored, true))
                .execute(all);
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    private String shell(String script) throws Exception {
        Programs.Ran ran = Programs.shell(bag, script);
        assertThat(ran.status()).as(ran.out()).isZero();
        return ran.out();
    }

    @Test
    void sha256sumAgeZstdAndJqRebuildTheCountsAndAPersonsRecords() throws Exception {
        Programs.require("sha256sum", "age", "zstd", "jq", "openssl");
        shell("sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt");
        shell("openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in tagmanifest-sha256.txt"
                + " -sigfile tagmanifest-sha256.txt.sig");
        JsonNode manifest = JSON.readTree(shell("age -d -i ../identity data/plaintext-manifest.age"));
        assertThat(manifest.path("events").asLong())
                .isEqualTo(fixture.registry.log.reader.head().position());
        JsonNode counted = JSON.readTree(
                shell(OPEN + " | jq -s 'group_by(.type) | map({key: .[0].type, value: length}) | from_entries'"));
        assertThat(counted).isEqualTo(manifest.path("types"));
        assertThat(shell(OPEN + " | jq -r 'select(.content == \"shredded\") | .subject'"))
                .isEqualTo(fixture.holders.get(2) + "\n");
        assertThat(
                        shell(
                                "age -d -i ../identity data/events/000000000001-000000000020.jsonl.zst.age | zstd -dq | sha256sum"))
                .startsWith(manifest.path("files").path(0).path("sha256").asString());

        String readme = Files.readString(bag.resolve("readme.txt"));
        String filter = readme.substring(readme.indexOf("'(map(select"), readme.indexOf("index($x)))'") + 12);
        JsonNode records = JSON.readTree(
                shell(OPEN + " | jq -s --arg n " + Examples.insz(12).digits() + " " + filter));
        assertThat(records.valueStream().map(each -> each.path("type").asString()))
                .containsExactly(
                        "HolderIdentified",
                        "QualificationRegistered",
                        "QualificationCorrected",
                        "QualificationAnnulled");
        assertThat(records.path(1).at("/data/event/supplierReference").asString())
                .isEqualTo("REF-12");
    }

    @Test
    void anotherIdentityOpensNothingAndAFlippedBitIsFound() throws Exception {
        Programs.require("sha256sum", "age");
        assertThat(Programs.shell(bag, "age -d -i ../other data/plaintext-manifest.age")
                        .status())
                .isNotZero();
        Path copy = directory.resolve("copy");
        shell("cp -r . ../copy");
        Path file = copy.resolve("data/events/000000000001-000000000020.jsonl.zst.age");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 40] ^= 4;
        Files.write(file, bytes);
        assertThat(Programs.shell(copy, "sha256sum -c --quiet manifest-sha256.txt")
                        .out())
                .contains("FAILED");
        assertThat(Programs.shell(copy, "age -d -i ../identity data/events/000000000001-000000000020.jsonl.zst.age")
                        .status())
                .isNotZero();
    }

    @Test
    void duckDbLoadsItFromTheSchemaInTheBag() throws Exception {
        Programs.require("age");
        Path opened = Files.createDirectories(directory.resolve("opened"));
        shell(
                "for f in data/events/*.age; do age -d -i ../identity \"$f\" > \"../opened/$(basename \"$f\" .age)\"; done");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute(
                    Files.readString(bag.resolve("schema/load.sql")).replace("*.jsonl.zst", opened + "/*.jsonl.zst"));
            Map<String, String> counted = rows(statement, "SELECT type, count(*) FROM event GROUP BY type");
            assertThat(counted).isEqualTo(expected());
            assertThat(rows(
                            statement,
                            "SELECT q.version, q.type || ' ' || coalesce(q.supplier_reference, q.full_name, q.reason_code)"
                                    + " FROM qualification_version q JOIN holder h ON h.id = q.holder WHERE h.insz = '"
                                    + Examples.insz(12).digits() + "'"))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "1", "QualificationRegistered REF-12",
                            "2",
                                    "QualificationCorrected "
                                            + Examples.secondary().fullName(),
                            "3", "QualificationAnnulled FRAUD"));
            assertThat(rows(statement, "SELECT content, count(*) FROM event GROUP BY content"))
                    .containsEntry("shredded", "1");
            assertThat(rows(statement, "SELECT 'max', max(position) - count(*) FROM event"))
                    .as("no gaps")
                    .containsEntry("max", "0");
        }
    }

    private Map<String, String> expected() throws SQLException {
        try (Connection connection = fixture.registry.log.store.connect("reader");
                Statement statement = connection.createStatement()) {
            return rows(statement, "SELECT type, count(*) FROM eventstore.event GROUP BY type");
        }
    }

    private static Map<String, String> rows(Statement statement, String sql) throws SQLException {
        Map<String, String> all = new TreeMap<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.put(rows.getString(1), rows.getString(2));
            }
        }
        return all;
    }

    @Test
    void everyLineFitsTheSchemaOfItsType() throws Exception {
        Programs.require("age", "zstd");
        Map<String, Schema> schemas = new TreeMap<>();
        for (String line : shell(OPEN).lines().toList()) {
            JsonNode event = JSON.readTree(line);
            if (event.has("data")) {
                String name = event.path("type").asString().toLowerCase(Locale.ROOT) + "-"
                        + event.path("typeversion").asInt() + ".json";
                assertThat(schemas.computeIfAbsent(name, this::schema)
                                .validate(event.path("data").toString(), InputFormat.JSON))
                        .as(name)
                        .isEmpty();
            }
        }
        assertThat(schemas).hasSizeGreaterThan(3);
    }

    private Schema schema(String name) {
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(bag.resolve("schema").resolve(name)), InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
