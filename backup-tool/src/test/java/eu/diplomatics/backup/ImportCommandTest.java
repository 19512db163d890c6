package eu.diplomatics.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.importing.Import;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.PortableFixture;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.ReferenceTags;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.generation.GenerationFixture;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.receipt.ReceiptSigner;
import eu.diplomatics.receipt.ReceiptVerifier;
import eu.diplomatics.sealing.CheckpointKeys;
import eu.diplomatics.sealing.EventLeaves;
import eu.diplomatics.sealing.JdbcTileStore;
import eu.diplomatics.sealing.LogSealer;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R13: another registry, with other keys and another custodian, goes on from an export, and no receipt is lost. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImportCommandTest {
    private static final int PERSONS = 16;

    private final Age.Pair reader = Age.generate();
    private Path directory;
    private PortableFixture first;
    private EventPlace known;
    private Path bag;
    private Path home;
    private GenerationFixture second;
    private Path target;
    private int homes;

    @BeforeAll
    void export(@TempDir Path given) throws Exception {
        directory = given;
        first = new PortableFixture(Files.createDirectories(directory.resolve("first")));
        first.register(PERSONS);
        UUID reference = UUID.randomUUID();
        known = first.append(
                reference,
                first.holders.getFirst(),
                1,
                KeyRegime.STATUTORY,
                new QualificationRegistered("kuleuven", "RECEIPT-1", Examples.master(), Examples.derived(), List.of()));
        UUID erased = first.holders.get(2);
        UUID tombstone = UUID.randomUUID();
        first.append(
                tombstone,
                tombstone,
                1,
                KeyRegime.STATUTORY,
                new StreamShredded(
                        erased, "ERASURE", "REQUEST", "GDPR 17", "case 1", Instant.parse("2026-11-01T00:00:00Z")));
        first.shred(erased);
        first.exporter();
        Files.writeString(directory.resolve("first/backup.json"), "{}");
        Files.writeString(directory.resolve("identity"), "# a comment\n" + reader.identity() + "\n");
        bag = exported("bag");
    }

    private Path exported(String name, String... more) throws Exception {
        Path folder = directory.resolve(name);
        List<String> args = new ArrayList<>(
                List.of("export", "--to", folder.toString(), "--recipient", reader.recipient(), "--range", "10"));
        args.addAll(List.of("--config", directory.resolve("first/backup.json").toString()));
        args.addAll(List.of(more));
        assertThat(run(args.toArray(String[]::new)).status()).isEqualTo(77);
        first.approve(folder.resolve("order.json"), 2);
        assertThat(run(args.toArray(String[]::new)).status()).isZero();
        return folder;
    }

    @AfterAll
    void closeFirst() throws Exception {
        first.close();
    }

    @BeforeEach
    void empty() throws Exception {
        home = Files.createDirectories(directory.resolve("second-" + ++homes));
        second = GenerationFixture.create(home);
        target = target(List.of(Base64.getEncoder().encodeToString(first.signer())));
    }

    @AfterEach
    void closeSecond() throws Exception {
        second.close();
    }

    private Path target(List<String> signers) throws IOException {
        LocalAuthority authority = second.keys.custodian().authority();
        Map<String, Object> logins = new HashMap<>();
        logins.put("eventstore", login(second.store.access(), "importer"));
        logins.put("keyring", login(second.keys.access(), "registry"));
        logins.put("rekeyer", login(second.keys.access(), "rekeyer"));
        Map<String, Object> all = Map.of(
                "databases",
                logins,
                "custodian",
                Map.of(
                        "endpoints", List.of(second.keys.custodian().uri().toString()),
                        "sites", 1,
                        "keyStore", authority.keyStore("registry").toString(),
                        "trustStore", authority.trustStore().toString(),
                        "passwordFile", authority.passwordFile().toString()),
                "exportKeys",
                signers);
        return Files.writeString(
                home.resolve("target.json"), JsonMapper.shared().writeValueAsString(all));
    }

    private Map<String, Object> login(DatabaseAccess access, String role) throws IOException {
        Login login = access.role(role);
        Path password = Files.writeString(home.resolve("password-" + login.username()), login.password());
        return Map.of("url", access.url(), "username", login.username(), "passwordFile", password.toString());
    }

    private record Ran(int status, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

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

    @Test
    void sameEventsSameRootOtherKeys() throws Exception {
        Ran ran = imports(bag);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
        assertThat(ran.json().path("shredded").asLong()).isOne();

        List<StoredEvent> there = first.registry.log.stored();
        List<StoredEvent> here = second.stored();
        assertThat(ran.json().path("events").asLong()).isEqualTo(there.size());
        assertThat(here).hasSameSizeAs(there);
        for (int i = 0; i < here.size(); i++) {
            StoredEvent a = there.get(i);
            StoredEvent b = here.get(i);
            assertThat(b.position()).isEqualTo(a.position());
            assertThat(b.recordedAt()).isEqualTo(a.recordedAt());
            assertThat(b.context()).isEqualTo(a.context());
            assertThat(b.holder()).isEqualTo(a.holder());
            assertThat(b.command()).isEqualTo(a.command());
            assertThat(b.leaf()).isEqualTo(a.leaf());
            assertThat(b.ciphertext()).isNotEqualTo(a.ciphertext());
        }
        assertThat(said(second, here)).isEqualTo(said(first.registry.log, there));
        assertThat(second.reader.commands(Set.of(known(there).command()))).isNotEmpty();
    }

    private StoredEvent known(List<StoredEvent> events) {
        return events.get((int) known.position() - 1);
    }

    /** What is in each event, or that it was shredded. */
    private static List<String> said(GenerationFixture registry, List<StoredEvent> events) {
        List<String> said = new ArrayList<>();
        for (Opening opening : new EventVault(registry.keyring).openEach(events)) {
            said.add(
                    switch (opening) {
                        case Opening.Opened(var event) ->
                            event.event().type()
                                    + event.event().hashCode()
                                    + event.metadata().hashCode();
                        case Opening.Shredded shredded -> "shredded";
                    });
        }
        return said;
    }

    @Test
    void aReceiptGivenBeforeHoldsInTheOtherLog() throws Exception {
        try (SecretBytes seed = SecretBytes.random(32)) {
            ReceiptSigner signer = new ReceiptSigner(seed);
            Receipt receipt = signer.sign(known.stream(), 1, known.position(), known.recordedAt(), known.leaf());
            assertThat(imports(bag).status()).isZero();
            TreeHead head = seal();
            assertThat(new ReceiptVerifier(signer.jwks()).verify(receipt)).isEqualTo(ReceiptVerifier.Result.VALID);
            try (Connection connection = second.store.connect("reader")) {
                TileTree tree = TileTree.open(new JdbcTileStore(connection, "eventstore"), head);
                assertThat(Proofs.includes(
                                head,
                                receipt.position() - 1,
                                TreeHash.of(known.leaf()),
                                tree.inclusion(receipt.position() - 1)))
                        .isTrue();
            }
        }
    }

    /** As the other registry's own sealer does. */
    private TreeHead seal() throws Exception {
        String origin = "other.example/events/1";
        CheckpointKeys keys = name -> {
            SecretBytes opened = SecretBytes.copyOf(new byte[32]);
            return new CheckpointKeys.Signing(
                    name, List.of(opened), List.of(NoteSigner.log(name, opened).verifierKey()));
        };
        return new LogSealer(
                        second.store.dataSource("sealer"),
                        new EventLeaves(),
                        new SealMemory(second.keys.dataSource("registry")),
                        origin,
                        keys)
                .seal()
                .orElseThrow()
                .head();
    }

    @Test
    void numbersReferencesAndErasuresLeadToTheSame() throws Exception {
        assertThat(imports(bag).status()).isZero();
        HolderIndex index = new HolderIndex(
                new BlindIndex(second.keyring, second.keys.custodian().client("registry")), second.keyring);
        IndexTerm fifth = IndexTerm.holder(Examples.insz(5));
        IndexTerm erased = IndexTerm.holder(Examples.insz(3));
        assertThat(index.find(List.of(fifth, erased))).isEqualTo(Map.of(fifth, first.holders.get(4)));
        try (SecretBytes key = second.keyring.secret(ReferenceTags.KEY)) {
            var tag = ReferenceTags.of(key, "kuleuven", "RECEIPT-1");
            assertThat(second.reader.firstWith(List.of(tag)).values())
                    .extracting(EventPlace::position)
                    .containsExactly(known.position());
        }
        assertThat(new ShredLedger(second.keys.dataSource("registry")).of(first.holders))
                .containsOnlyKeys(first.holders.get(2));
        Units.append(second.store.openLog(), List.of(second.unit(UUID.randomUUID(), 1, 40, 1)));
        assertThat(second.reader.head().position())
                .isEqualTo(first.registry.log.reader.head().position() + 1);
    }

    @Test
    void goesOnAfterAKillAndNeverIntoARegistryThatHasSomething() throws Exception {
        ImportTargetConfiguration configuration = ImportTargetConfiguration.read(target);
        int[] left = {3};
        try (HttpsCustodian custodian = configuration.custodian().open()) {
            Import dying = new Import(configuration.target(custodian), first.registry.clock, 7, (done, of) -> {
                if (--left[0] == 0) {
                    throw new IllegalStateException("killed here");
                }
            });
            assertThatThrownBy(() -> dying.run(bag, configuration.believed(), reader.identity()))
                    .hasMessage("killed here");
        }
        long reached = second.reader.head().position();
        assertThat(reached)
                .isPositive()
                .isLessThan(first.registry.log.reader.head().position());

        Path other = exported("bag-" + homes);
        Ran anothers = imports(other);
        assertThat(anothers.status()).as("another bag").isOne();
        assertThat(anothers.err()).contains("has events");
        Ran ran = imports(bag);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.json().path("resumedAt").asLong()).isEqualTo(reached);
        assertThat(second.stored()).hasSameSizeAs(first.registry.log.stored());
        assertThat(imports(bag).status()).as("twice").isOne();
    }

    @Test
    void refusesWhatIsNotSignedNotWholeNotForItOrNotEmpty() throws Exception {
        Path stranger = Files.writeString(bag.resolve("data/events/stranger"), "x");
        assertThat(imports(bag).err()).contains("no manifest names");
        Files.delete(stranger);
        target(List.of());
        assertThat(imports(bag).err()).contains("not signed by a key that is believed");
        target(List.of(Base64.getEncoder().encodeToString(first.signer())));
        Path mine = Files.writeString(home.resolve("mine"), Age.generate().identity());
        Ran wrong =
                run("import", "--from", bag.toString(), "--identity", mine.toString(), "--target", target.toString());
        assertThat(wrong.status()).isOne();
        assertThat(wrong.err()).contains("does not open under this identity", "HINT:");
        assertThat(second.reader.head().position()).isZero();

        second.append(1);
        Ran full = imports(bag);
        assertThat(full.status()).isOne();
        assertThat(full.err()).contains("HINT: import goes into a new registry only");
    }

    @Test
    void nothingOfAPersonIsInClearWhereItWent() throws Exception {
        assertThat(imports(bag).status()).isZero();
        String insz = Examples.insz(5).digits();
        assertThat(new EventVault(second.keyring)
                        .open(second.stored()).stream().anyMatch(each -> each.event() instanceof HolderIdentified))
                .isTrue();
        try (Connection connection = second.store.connectAsOwner();
                var rows = connection
                        .createStatement()
                        .executeQuery("SELECT encode(ciphertext, 'escape') FROM eventstore.ciphertext_1")) {
            while (rows.next()) {
                assertThat(rows.getString(1)).doesNotContain(insz);
            }
        }
    }
}
