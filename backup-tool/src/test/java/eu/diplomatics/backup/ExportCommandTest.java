package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.export.Export.Step;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableFixture;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.PartialDate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R13, R17, R30: everything leaves in a form that needs nothing of ours, to one recipient, when two people want it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExportCommandTest {
    private static final int PERSONS = 24;
    private static final String RANGE = "10";

    private Path directory;

    private PortableFixture fixture;
    private int folders;

    @BeforeAll
    void open(@TempDir Path given) throws Exception {
        directory = given;
        fixture = new PortableFixture(directory);
        fixture.register(PERSONS);
        fixture.shred(fixture.holders.get(2));
        fixture.exporter();
        Files.writeString(directory.resolve("backup.json"), "{}");
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    private record Ran(int status, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private Ran run(String... args) {
        List<String> all = new ArrayList<>(List.of("export"));
        all.addAll(List.of(args));
        all.addAll(List.of(
                "--range", RANGE, "--config", directory.resolve("backup.json").toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = BackupApplication.commandLine(fixture.registry.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(status, out.toString(), err.toString());
    }

    private Path folder() {
        return directory.resolve("export-" + ++folders);
    }

    private Path approved(Path folder, String recipient) throws Exception {
        assertThat(run("--to", folder.toString(), "--recipient", recipient).status())
                .isEqualTo(77);
        fixture.approve(folder.resolve("order.json"), 2);
        return folder;
    }

    @Test
    void leavesOnlyWhenTwoOperatorsApprovedThisRecipientAndRange() throws Exception {
        Age.Pair reader = Age.generate();
        Path folder = folder();
        Ran asked = run("--to", folder.toString(), "--recipient", reader.recipient());
        assertThat(asked.status()).isEqualTo(77);
        assertThat(asked.err()).contains("not approved", "HINT:", "order.json");
        fixture.approve(folder.resolve("order.json"), 1);
        assertThat(run("--to", folder.toString()).status())
                .as("one is not enough")
                .isEqualTo(77);
        assertThat(folder.resolve("data")).doesNotExist();

        Ran other = run("--to", folder.toString(), "--recipient", Age.generate().recipient());
        assertThat(other.status()).isOne();
        assertThat(other.err()).contains("another recipient");
        Path order = folder.resolve("order.json");
        String text = Files.readString(order);
        Files.writeString(order, text.replace(reader.recipient(), Age.generate().recipient()));
        Files.delete(folder.resolve("progress.json"));
        assertThat(run("--to", folder.toString()).status())
                .as("not what they approved")
                .isEqualTo(77);
        assertThat(folder.resolve("data")).doesNotExist();
        fixture.revoke();
    }

    /** R30: before anything is written, leased or opened. */
    @Test
    void isRefusedWhereItWouldHoldAFieldAboveItsClass() throws Exception {
        Path folder = folder();
        String[] personal = {
            "--to", folder.toString(), "--recipient", Age.generate().recipient(), "--sensitivity", "PERSONAL"
        };
        Ran refused = run(personal);
        assertThat(refused.status()).isOne();
        assertThat(refused.err())
                .contains("PERSONAL", "/holder/insz", "/event/metadata/reason", "HINT:", "--sensitivity")
                .doesNotContain("/basis/degree");
        assertThat(folder).doesNotExist();

        Path order = approved(folder, Age.generate().recipient()).resolve("order.json");
        assertThat(order).content().contains("\"sensitivity\":\"SPECIAL\"");
        Ran other = run("--to", folder.toString(), "--sensitivity", "PERSONAL");
        assertThat(other.status()).isOne();
        assertThat(other.err()).contains("another recipient, class or range");

        Files.delete(folder.resolve("progress.json"));
        Files.writeString(order, Files.readString(order).replace("SPECIAL", "PERSONAL"));
        fixture.approve(order, 2);
        Ran approved = run("--to", folder.toString(), "--sensitivity", "PERSONAL");
        assertThat(approved.status()).as("even when two operators approved it").isOne();
        assertThat(approved.err()).contains("/holder/insz");
        try (Stream<Path> inside = Files.list(folder)) {
            assertThat(inside).containsExactly(order);
        }
    }

    @Test
    void isApprovedOnceAndNotAfterItsTime() throws Exception {
        Age.Pair reader = Age.generate();
        Path folder = approved(folder(), reader.recipient());
        Ran ran = run("--to", folder.toString(), "--json");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
        assertThat(run("--to", folder.toString()).err()).contains("whole");

        Path again = folder();
        Files.createDirectories(again);
        Files.copy(folder.resolve("order.json"), again.resolve("order.json"));
        Ran used = run("--to", again.toString());
        assertThat(used.status()).isEqualTo(77);
        assertThat(used.err()).contains("was used");

        Path late = approved(folder(), reader.recipient());
        fixture.registry.clock.forward(Duration.ofHours(24));
        Ran ended = run("--to", late.toString());
        fixture.registry.clock.forward(Duration.ofHours(-24));
        assertThat(ended.status()).isEqualTo(77);
        assertThat(ended.err()).contains("ended");
        assertThat(late.resolve("data")).doesNotExist();
    }

    @Test
    void isABagSignedAndWholeWithARowForEachPersonAndNothingInClear() throws Exception {
        String name = "Vermeulen" + UUID.randomUUID().toString().substring(24);
        UUID person = UUID.randomUUID();
        fixture.append(
                person,
                person,
                1,
                KeyRegime.ERASABLE,
                new HolderIdentified(new HolderIdentity.ByName(name, "An", new PartialDate(1988, 2, null), name)));
        Age.Pair reader = Age.generate();
        Path folder = approved(folder(), reader.recipient());
        long before = rows();
        JsonNode result = run("--to", folder.toString(), "--json").json();
        long events = fixture.registry.log.reader.head().position();
        assertThat(result.path("events").asLong()).isEqualTo(events);
        assertThat(result.path("shredded").asLong()).isOne();
        assertThat(result.path("lost").asLong()).isZero();
        assertThat(result.path("sensitivity").asString()).isEqualTo("SPECIAL");
        assertThat(rows() - before)
                .as("one for each person and file")
                .isEqualTo(result.path("accessLogRows").asLong())
                .isGreaterThanOrEqualTo(PERSONS);
        assertThat(details())
                .allSatisfy(details -> assertThat(details).contains("\"operation\":\"EXPORT\"", reader.recipient()));

        Bag bag = Bag.verified(folder, List.of(fixture.signer()));
        assertThat(folder.resolve("bag-info.txt")).content().contains("\nSensitivity: SPECIAL\n");
        assertThat(bag.payload().keySet().stream().filter(file -> file.startsWith("data/events/")))
                .hasSize((int) Math.ceilDiv(events, 10L))
                .contains("data/events/000000000001-000000000010.jsonl.zst.age");
        assertThat(folder.resolve("progress.json")).doesNotExist();
        for (String clear : List.of(Examples.insz(1).digits(), "Universiteit Leuven", "kuleuven", name)) {
            assertThat(filesWith(directory, 9, clear)).as(clear).isEmpty();
        }
        assertThat(filesWith(Path.of(System.getProperty("java.io.tmpdir")), 1, name))
                .isEmpty();
    }

    @Test
    void takesOnlyWhatCameAfterAPosition() throws Exception {
        Path folder = folder();
        String[] since = {
            "--to", folder.toString(), "--recipient", Age.generate().recipient(), "--since", "15"
        };
        assertThat(run(since).status()).isEqualTo(77);
        fixture.approve(folder.resolve("order.json"), 2);
        assertThat(run(since).status()).isZero();
        assertThat(folder.resolve("data/events/000000000016-000000000025.jsonl.zst.age"))
                .exists();
        assertThat(folder.resolve("data/events/000000000001-000000000010.jsonl.zst.age"))
                .doesNotExist();
    }

    @Test
    void disclosesNothingWhileTheAccessLogIsDown() throws Exception {
        Path folder = approved(folder(), Age.generate().recipient());
        fixture.exporter("jdbc:postgresql://127.0.0.1:1/accesslog");
        try {
            Ran ran = run("--to", folder.toString());
            assertThat(ran.status()).isEqualTo(69);
            assertThat(ran.err()).contains("access log");
            assertThat(folder.resolve("data")).doesNotExist();
        } finally {
            fixture.exporter();
        }
        assertThat(run("--to", folder.toString()).status()).as("goes on").isZero();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void goesOnWhereItWasKilled(Step at) throws Exception {
        Path folder = approved(folder(), Age.generate().recipient());
        assertThat(killedAt(folder, at)).isTrue();
        Map<String, String> kept = files(folder);
        assertThatThrownBy(() -> Bag.verified(folder, List.of(fixture.signer())))
                .as("not whole, or with what is to go")
                .isInstanceOf(PortableException.class);
        Ran ran = run("--to", folder.toString(), "--json");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.json().path("events").asLong())
                .isEqualTo(fixture.registry.log.reader.head().position());
        Bag bag = Bag.verified(folder, List.of(fixture.signer()));
        if (at.compareTo(Step.RANGE_KEPT) >= 0) {
            assertThat(files(folder)).as("not written twice").containsAllEntriesOf(kept);
        }
        assertThat(bag.payload()).hasSizeGreaterThan(4);
    }

    private boolean killedAt(Path folder, Step at) throws Exception {
        return KilledExport.at(
                directory.resolve("exporter.json"),
                folder,
                RANGE,
                at,
                at == Step.RANGE_KEPT ? 2 : 1,
                fixture.registry.clock.ahead());
    }

    /** Files of events that the progress names, by their hash. */
    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        Path progress = folder.resolve("progress.json");
        if (Files.exists(progress)) {
            JsonMapper.shared()
                    .readTree(Files.readAllBytes(progress))
                    .path("files")
                    .forEach(file -> files.put(
                            file.path("name").asString(), file.path("sha256").asString()));
        } else {
            Files.readAllLines(folder.resolve(Bag.PAYLOAD))
                    .forEach(line -> files.put(line.substring(66), line.substring(0, 64)));
        }
        return files;
    }

    @Test
    void aFileThatSomebodyChangedMeanwhileIsMadeAnewAndAStrangersFileRefused() throws Exception {
        Path folder = approved(folder(), Age.generate().recipient());
        assertThat(killedAt(folder, Step.FACTS_WRITTEN)).isTrue();
        Path first = folder.resolve("data/events/000000000001-000000000010.jsonl.zst.age");
        byte[] bytes = Files.readAllBytes(first);
        bytes[bytes.length / 2] ^= 1;
        Files.write(first, bytes);
        Path stranger = Files.writeString(folder.resolve("data/events/stranger"), "x");
        Ran refused = run("--to", folder.toString());
        assertThat(refused.status()).isOne();
        Files.delete(stranger);
        assertThat(run("--to", folder.toString()).status()).isZero();
        Bag.verified(folder, List.of(fixture.signer()));
    }

    @Test
    void stopsAtAnEventThatIsNotWhatItClaimsToBe() throws Exception {
        try (PortableFixture other = new PortableFixture(Files.createDirectories(directory.resolve("other")))) {
            other.register(3);
            other.registry.log.asHost("ALTER TABLE eventstore.event DISABLE TRIGGER USER");
            other.registry.log.asHost(
                    "UPDATE eventstore.event SET recorded_at = recorded_at - interval '1 day' WHERE position = 2");
            Path home = directory.resolve("other");
            other.exporter();
            Path folder = home.resolve("export");
            Files.writeString(home.resolve("backup.json"), "{}");
            String[] args = {
                "--to",
                folder.toString(),
                "--recipient",
                Age.generate().recipient(),
                "--exporter",
                home.resolve("exporter.json").toString()
            };
            assertThat(run(args).status()).isEqualTo(77);
            other.approve(folder.resolve("order.json"), 2);
            Ran ran = run(args);
            assertThat(ran.status()).isOne();
            assertThat(ran.err()).contains("at 2 does not open");
        }
    }

    @Test
    void theCustodianUnwrapsNothingForItBeforeOrAfter() throws Exception {
        Path folder = approved(folder(), Age.generate().recipient());
        assertThat(run("--to", folder.toString()).status()).isZero();
        assertThatThrownBy(() -> fixture.registry.log.keys.keyring("exporter").open(fixture.references))
                .isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    void saysWhatIsNoRecipientOrRange() {
        Path folder = folder();
        assertThat(run("--to", folder.toString(), "--recipient", "age1nonsense").err())
                .contains("HINT: age-keygen");
        assertThat(run("--to", folder.toString()).err()).contains("--recipient");
        assertThat(run("--to", folder.toString(), "--since", "-1").status()).isEqualTo(2);
        assertThat(folder).doesNotExist();
    }

    private long rows() throws SQLException {
        try (Connection connection = accessLog();
                ResultSet row = connection.createStatement().executeQuery("SELECT count(*) FROM accesslog.entry")) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<String> details() throws SQLException {
        List<String> details = new ArrayList<>();
        try (Connection connection = accessLog();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery(
                                "SELECT id, seal_key, subject, sealed FROM accesslog.entry ORDER BY at DESC LIMIT 5")) {
            while (row.next()) {
                details.add(fixture.accessSeal()
                        .open(row.getObject(1, UUID.class), row.getInt(2), row.getBytes(3), row.getBytes(4)));
            }
        }
        return details;
    }

    private Connection accessLog() throws SQLException {
        var access = fixture.registry.access(SourceDatabase.ACCESSLOG);
        return DriverManager.getConnection(
                access.url(),
                access.role("reader").username(),
                access.role("reader").password());
    }

    private static List<Path> filesWith(Path root, int depth, String clear) throws IOException {
        byte[] wanted = clear.getBytes(StandardCharsets.UTF_8);
        List<Path> found = new ArrayList<>();
        try (Stream<Path> walked = Files.walk(root, depth)) {
            for (Path file : walked.filter(Files::isRegularFile).toList()) {
                if (Files.isReadable(file) && contains(Files.readAllBytes(file), wanted)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(new String(wanted, StandardCharsets.ISO_8859_1));
    }
}
