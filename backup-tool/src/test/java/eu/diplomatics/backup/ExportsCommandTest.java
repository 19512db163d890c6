package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.PortableFixture;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R13, R17: an export at the second provider ages, and the one that takes its place ends it. */
class ExportsCommandTest {
    @TempDir
    Path directory;

    private PortableFixture fixture;
    private int bags;

    @BeforeEach
    void open() throws Exception {
        fixture = new PortableFixture(directory);
        fixture.register(4);
        fixture.exporter();
        Files.writeString(directory.resolve("backup.json"), "{}");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private record Ran(int status, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private Ran run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--config", directory.resolve("backup.json").toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = BackupApplication.commandLine(fixture.registry.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(status, out.toString(), err.toString());
    }

    private Path exported(String recipient, String... more) throws Exception {
        Path bag = directory.resolve("bag-" + ++bags);
        List<String> args = new ArrayList<>(List.of("export", "--to", bag.toString(), "--recipient", recipient));
        args.addAll(List.of(more));
        assertThat(run(args.toArray(String[]::new)).status()).isEqualTo(77);
        fixture.approve(bag.resolve("order.json"), 2);
        assertThat(run(args.toArray(String[]::new)).status()).isZero();
        return bag;
    }

    private Ran publish(Path bag) {
        return run("exports", "publish", "--bag", bag.toString());
    }

    private List<Path> objects(String id) throws IOException {
        try (var walked = Files.walk(directory.resolve("second-provider"))) {
            return walked.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(id))
                    .toList();
        }
    }

    private static String idOf(Path bag) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(bag.resolve("order.json")))
                .path("id")
                .asString();
    }

    private String state() {
        return run("exports", "status", "--json").json().path("state").asString();
    }

    @Test
    void isDueAfterAShreddingAndTheOneThatFollowsTakesTheOldOneAway() throws Exception {
        assertThat(state()).isEqualTo("NONE");
        assertThat(run("exports", "status").status()).isOne();
        Age.Pair one = Age.generate();
        Path first = exported(one.recipient());
        Ran published = publish(first);
        assertThat(published.err()).isEmpty();
        assertThat(published.out()).contains("every byte read back").doesNotContain("removed");
        assertThat(objects(idOf(first))).hasSizeGreaterThan(10);
        assertThat(state()).isEqualTo("CURRENT");

        UUID tombstone = UUID.randomUUID();
        fixture.append(
                tombstone,
                tombstone,
                1,
                KeyRegime.STATUTORY,
                new StreamShredded(
                        fixture.holders.getFirst(), "ERASURE", "REQUEST", "GDPR 17", "case 1", Instant.EPOCH));
        fixture.shred(fixture.holders.getFirst());
        assertThat(state()).isEqualTo("DUE");
        assertThat(run("exports", "status").status()).isZero();
        JsonNode due = run("exports", "status", "--json").json();
        assertThat(due.path("exports").path(0).path("id").asString()).isEqualTo(idOf(first));
        assertThat(Instant.parse(due.path("dueAt").asString()))
                .isBetween(
                        Instant.now().plus(Duration.ofHours(71)), Instant.now().plus(Duration.ofHours(73)));
        fixture.registry.clock.forward(Duration.ofHours(90));
        assertThat(state()).isEqualTo("OVERDUE");
        assertThat(run("exports", "status").status()).isOne();

        Ran again = publish(exported(one.recipient()));
        assertThat(again.err()).contains("fresh key");
        assertThat(state()).isEqualTo("OVERDUE");

        Path second = exported(Age.generate().recipient());
        assertThat(publish(second).out()).contains("removed: export " + idOf(first));
        assertThat(objects(idOf(first))).isEmpty();
        assertThat(objects(idOf(second))).isNotEmpty();
        assertThat(state()).isEqualTo("CURRENT");
        JsonNode listed = run("exports", "list", "--json").json();
        assertThat(listed).hasSize(2);
        assertThat(listed.path(0).path("removedObjects").asLong()).isGreaterThan(10);
        assertThat(listed.path(0).path("removedAt").asString()).isNotEmpty();
        assertThat(run("exports", "list").out()).contains("removed", "there");
    }

    private JsonNode identities() {
        return run("exports", "status", "--json").json().path("identities");
    }

    @Test
    void ofAnExportThatWasRemovedTheIdentityIsToBeDestroyedAndThatToBeFiled() throws Exception {
        Path first = exported(Age.generate().recipient());
        publish(first);
        assertThat(identities()).isEmpty();
        Ran early = run("exports", "identity-destroyed", "--export", idOf(first), "--by", "the archive");
        assertThat(early.status()).isOne();
        assertThat(early.err()).contains("still there", "HINT");

        Ran replaced = publish(exported(Age.generate().recipient()));
        assertThat(replaced.out()).contains("HINT", "identity-destroyed --export " + idOf(first));
        assertThat(identities().path(0).path("export").asString()).isEqualTo(idOf(first));
        assertThat(run("exports", "status").status()).isZero();
        fixture.registry.clock.forward(Duration.ofHours(73));
        assertThat(run("exports", "status").status()).isOne();
        assertThat(run("exports", "status").out()).contains("CURRENT", idOf(first), "OVERDUE");

        assertThat(run("exports", "identity-destroyed", "--export", idOf(first), "--by", "the archive")
                        .status())
                .isZero();
        assertThat(run("exports", "status").status()).isZero();
        assertThat(run("exports", "list").out()).contains("destroyed", "says the archive");
        assertThat(run("exports", "identity-destroyed", "--export", idOf(first), "--by", "the archive")
                        .err())
                .contains("was filed");
        assertThat(run("exports", "identity-destroyed", "--export", "another", "--by", "the archive")
                        .err())
                .contains("never was");
        assertThat(run("exports", "identity-destroyed", "--export", idOf(first), "--by", "a\nb")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void whatIsOlderThanWhatIsThereDoesNotTakeItsPlaceAndWhatWasRemovedDoesNotComeBack() throws Exception {
        Path older = exported(Age.generate().recipient());
        fixture.register(1);
        Path newer = exported(Age.generate().recipient());
        publish(newer);
        Ran refused = publish(older);
        assertThat(refused.status()).isOne();
        assertThat(refused.err()).contains("would take the place of a newer one");
        assertThat(objects(idOf(older))).isEmpty();

        publish(exported(Age.generate().recipient()));
        assertThat(publish(newer).err()).contains("was removed at");
        assertThat(objects(idOf(newer))).isEmpty();
    }

    @Test
    void theAuditOfKeysFindsAnExportThatIsOverdueAndOneThatNobodyKnows() throws Exception {
        Path backup = fixture.registry.configuration();
        Path bag = exported(Age.generate().recipient());
        publish(bag);
        assertThat(audit(backup).path("exports").path("findings")).isEmpty();
        UUID tombstone = UUID.randomUUID();
        fixture.append(
                tombstone,
                tombstone,
                1,
                KeyRegime.STATUTORY,
                new StreamShredded(
                        fixture.holders.getFirst(), "ERASURE", "REQUEST", "GDPR 17", "case 1", Instant.EPOCH));
        // the database's clock, by which it was shredded, may be half a day ahead of the fixture's noon
        fixture.registry.clock.forward(Duration.ofHours(85));
        Files.createDirectories(directory.resolve("second-provider/exports/unknown"));
        Files.writeString(directory.resolve("second-provider/exports/unknown/data.age"), "x");
        assertThat(audit(backup).path("exports").path("findings"))
                .extracting(each -> each.path("code").asString())
                .containsExactly("EXPORT_OVERDUE", "UNACCOUNTED");
        assertThat(run("keys", "audit").status()).isOne();
    }

    /** That of the backups is written over the one of the exporter's tests. */
    private JsonNode audit(Path backup) {
        assertThat(backup).isEqualTo(directory.resolve("backup.json"));
        return run("keys", "audit", "--json").json();
    }

    @Test
    void anExportSinceAPositionIsDueByItselfAndGoesWithTheWholeOne() throws Exception {
        Path whole = exported(Age.generate().recipient());
        publish(whole);
        fixture.register(1);
        Path since = exported(Age.generate().recipient(), "--since", "9");
        publish(since);
        UUID tombstone = UUID.randomUUID();
        fixture.append(
                tombstone,
                tombstone,
                1,
                KeyRegime.STATUTORY,
                new StreamShredded(
                        fixture.holders.getLast(), "ERASURE", "REQUEST", "GDPR 17", "case 1", Instant.EPOCH));
        assertThat(run("exports", "status", "--json").json().path("exports"))
                .extracting(each -> each.path("state").asString())
                .containsExactly("DUE", "DUE");

        Ran replaced = publish(exported(Age.generate().recipient()));
        assertThat(replaced.out()).contains("removed: export " + idOf(whole), "removed: export " + idOf(since));
        assertThat(objects(idOf(since))).isEmpty();
        assertThat(state()).isEqualTo("CURRENT");
    }

    @Test
    void whatIsNotWholeOrSincePositionTakesNothingAway() throws Exception {
        Path first = exported(Age.generate().recipient());
        assertThat(publish(first).status()).isZero();
        Path since = exported(Age.generate().recipient(), "--since", "3");
        assertThat(publish(since).status()).isZero();
        assertThat(objects(idOf(first))).isNotEmpty();

        Path broken = exported(Age.generate().recipient());
        Path file = broken.resolve("data/log-keys.json.age");
        byte[] bytes = Files.readAllBytes(file);
        bytes[3] ^= 1;
        Files.write(file, bytes);
        Ran refused = publish(broken);
        assertThat(refused.status()).isOne();
        assertThat(refused.err()).contains("changed: data/log-keys.json.age");
        assertThat(objects(idOf(first))).isNotEmpty();
        assertThat(objects(idOf(broken))).isEmpty();
    }

    @Test
    void goesOnWhereItStoppedAndMendsWhatThePlaceHasOtherwise() throws Exception {
        Path bag = exported(Age.generate().recipient());
        assertThat(publish(bag).status()).isZero();
        Path object = objects(idOf(bag)).getFirst();
        byte[] whole = Files.readAllBytes(object);
        Files.write(object, new byte[] {1});
        assertThat(publish(bag).status()).isZero();
        assertThat(Files.readAllBytes(object)).isEqualTo(whole);
        assertThat(run("exports", "list", "--json").json()).hasSize(1);
    }

    @Test
    void aRegisterThatSomebodyWroteIsNotBelieved() throws Exception {
        assertThat(publish(exported(Age.generate().recipient())).status()).isZero();
        Path register = objects("register.json").getFirst();
        Files.writeString(register, Files.readString(register).replace("\\\"since\\\":0", "\\\"since\\\":1"));
        assertThat(run("exports", "list").err()).contains("not signed by the export key");
        assertThat(run("exports", "status").status()).isOne();
    }
}
