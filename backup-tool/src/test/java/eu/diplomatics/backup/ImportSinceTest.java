package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.importing.Import;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.PortableFixture;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.generation.GenerationFixture;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** R13: a whole export, then what came since, in order and without a gap: the registry is the one that was left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImportSinceTest {
    private final Age.Pair reader = Age.generate();
    private Path directory;
    private PortableFixture first;
    private Path whole;
    private Path second;
    private Path third;
    private long wholeEnds;
    private Path home;
    private GenerationFixture registry;
    private Path target;
    private int homes;

    @BeforeAll
    void export(@TempDir Path given) throws Exception {
        directory = given;
        first = new PortableFixture(Files.createDirectories(directory.resolve("first")));
        first.exporter();
        Files.writeString(directory.resolve("first/backup.json"), "{}");
        Files.writeString(directory.resolve("identity"), reader.identity());
        first.register(7);
        whole = exported("whole", 0);
        wholeEnds = end();
        // a stream goes on, a person is erased, others come
        first.append(
                first.references.getFirst(),
                first.holders.getFirst(),
                2,
                KeyRegime.STATUTORY,
                new QualificationAnnulled("FRAUD"));
        UUID erased = first.holders.get(1);
        UUID tombstone = UUID.randomUUID();
        first.append(
                tombstone,
                tombstone,
                1,
                KeyRegime.STATUTORY,
                new StreamShredded(
                        erased, "ERASURE", "REQUEST", "GDPR 17", "case 1", Instant.parse("2026-11-01T00:00:00Z")));
        first.shred(erased);
        first.register(5);
        second = exported("second", wholeEnds);
        long secondEnds = end();
        first.register(3);
        third = exported("third", secondEnds);
    }

    private long end() {
        return first.registry.log.stored().getLast().position();
    }

    private Path exported(String name, long since) throws Exception {
        Path folder = directory.resolve(name);
        String[] args = {
            "export",
            "--to",
            folder.toString(),
            "--recipient",
            reader.recipient(),
            "--range",
            "6",
            "--since",
            Long.toString(since),
            "--config",
            directory.resolve("first/backup.json").toString()
        };
        assertThat(run(args).status()).isEqualTo(77);
        first.approve(folder.resolve("order.json"), 2);
        assertThat(run(args).status()).isZero();
        return folder;
    }

    @AfterAll
    void closeFirst() throws Exception {
        first.close();
    }

    @BeforeEach
    void empty() throws Exception {
        home = Files.createDirectories(directory.resolve("home-" + ++homes));
        registry = GenerationFixture.create(home);
        LocalAuthority authority = registry.keys.custodian().authority();
        Map<String, Object> logins = new HashMap<>();
        logins.put("eventstore", login(registry.store.access(), "importer"));
        logins.put("keyring", login(registry.keys.access(), "registry"));
        logins.put("rekeyer", login(registry.keys.access(), "rekeyer"));
        Map<String, Object> custodian = Map.of(
                "endpoints", List.of(registry.keys.custodian().uri().toString()),
                "sites", 1,
                "keyStore", authority.keyStore("registry").toString(),
                "trustStore", authority.trustStore().toString(),
                "passwordFile", authority.passwordFile().toString());
        target = Files.writeString(
                home.resolve("target.json"),
                JsonMapper.shared()
                        .writeValueAsString(Map.of(
                                "databases",
                                logins,
                                "custodian",
                                custodian,
                                "exportKeys",
                                List.of(Base64.getEncoder().encodeToString(first.signer())))));
    }

    private Map<String, Object> login(DatabaseAccess access, String role) throws IOException {
        Login login = access.role(role);
        Path password = Files.writeString(home.resolve("password-" + login.username()), login.password());
        return Map.of("url", access.url(), "username", login.username(), "passwordFile", password.toString());
    }

    @AfterEach
    void close() throws Exception {
        registry.close();
    }

    private record Ran(int status, String out, String err) {}

    private Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = BackupApplication.commandLine(first.registry.clock)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Ran(status, out.toString(), err.toString());
    }

    private Ran imports(Path from) {
        return run(
                "import",
                "--from",
                from.toString(),
                "--identity",
                directory.resolve("identity").toString(),
                "--target",
                target.toString(),
                "--json");
    }

    private void refused(Path from, String why) {
        long before = registry.reader.head().position();
        Ran ran = imports(from);
        assertThat(ran.status()).isOne();
        assertThat(ran.err()).contains(why, "HINT: the whole export first");
        assertThat(registry.reader.head().position()).isEqualTo(before);
    }

    private static List<String> said(GenerationFixture of) {
        List<String> said = new ArrayList<>();
        for (Opening opening : new EventVault(of.keyring).openEach(of.stored())) {
            said.add(
                    switch (opening) {
                        case Opening.Opened(var event) ->
                            event.event().type() + event.event().hashCode();
                        case Opening.Shredded shredded -> "shredded";
                    });
        }
        return said;
    }

    private static List<String> leaves(GenerationFixture of) {
        return of.stored().stream()
                .map(event -> HexFormat.of().formatHex(event.leaf()))
                .toList();
    }

    private void assertTheSame() {
        assertThat(leaves(registry)).isEqualTo(leaves(first.registry.log));
        assertThat(said(registry)).isEqualTo(said(first.registry.log)).contains("shredded");
        assertThat(new ShredLedger(registry.keys.dataSource("registry")).of(first.holders))
                .containsOnlyKeys(first.holders.get(1));
    }

    @Test
    void inTheirOrderTheyMakeTheSameLogAndWhatWasErasedSinceIsErasedHereToo() throws Exception {
        assertThat(imports(whole).status()).isZero();
        assertThat(said(registry)).as("exported before it was erased").doesNotContain("shredded");
        Ran ran = imports(second);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
        assertThat(imports(third).status()).isZero();
        assertTheSame();
    }

    @Test
    void aGapAnOverlapOrAnotherOrderIsRefusedAndChangesNothing() throws Exception {
        refused(second, "nothing was imported yet");
        assertThat(imports(whole).status()).isZero();
        refused(third, "a gap: the registry ends at position " + wholeEnds);
        assertThat(imports(second).status()).isZero();
        refused(second, "an overlap: ");
        assertThat(imports(whole).err()).contains("has events");
        assertThat(imports(third).status()).isZero();
        assertTheSame();
    }

    @Test
    void aRegistryThatWentOnByItselfTakesNoMore() throws Exception {
        assertThat(imports(whole).status()).isZero();
        Units.append(registry.store.openLog(), List.of(registry.unit(UUID.randomUUID(), 1, 40, 1)));
        refused(second, "went on by itself");
    }

    @Test
    void whatIsOfAnotherLogIsRefused() throws Exception {
        assertThat(imports(whole).status()).isZero();
        assertThat(registry.asHost("UPDATE eventstore.imported_log SET root = sha256('another')"))
                .isOne();
        refused(second, "of another log");
    }

    @Test
    void goesOnAfterAKill() throws Exception {
        assertThat(imports(whole).status()).isZero();
        ImportTargetConfiguration configuration = ImportTargetConfiguration.read(target);
        int[] left = {2};
        try (HttpsCustodian custodian = configuration.custodian().open()) {
            Import dying = new Import(configuration.target(custodian), first.registry.clock, 4, (done, of) -> {
                if (--left[0] == 0) {
                    throw new IllegalStateException("killed here");
                }
            });
            assertThatThrownBy(() -> dying.run(second, configuration.believed(), reader.identity()))
                    .hasMessage("killed here");
        }
        assertThat(registry.reader.head().position()).isGreaterThan(wholeEnds);
        refused(third, "another bag is on its way in");
        Ran ran = imports(second);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).contains("\"resumedAt\":" + (wholeEnds + 6));
        assertThat(imports(third).status()).isZero();
        assertTheSame();
    }
}
