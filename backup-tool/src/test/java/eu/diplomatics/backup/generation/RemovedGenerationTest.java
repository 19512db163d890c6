package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.inventory.StatementFile;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.Custodian.ExpireRequest;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.keyring.DestructionReceipt;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.TestCustodian;
import eu.diplomatics.receipt.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10, R17: what was removed opens nowhere any more, although somebody kept a copy. */
class RemovedGenerationTest {
    private static final String SITE = "test";

    private final KeyPair controller = pair();
    private final KeyPair inventory = pair();

    @TempDir
    private Path directory;

    private BackupFixture fixture;
    private TestCustodian custodian;

    @BeforeEach
    void open() throws IOException {
        fixture = new BackupFixture(directory);
        fixture.log.fill(6);
        custodian = TestCustodian.start(
                Files.createDirectory(directory.resolve("custodian-of-backups")),
                CustodianConfiguration.defaultClients(),
                new CustodianConfiguration.Authorities(
                        List.of(controller.getPublic().getEncoded()),
                        List.of(fixture.manifestKey()),
                        List.of(inventory.getPublic().getEncoded())),
                fixture.clock);
    }

    @AfterEach
    void close() throws Exception {
        custodian.close();
        fixture.close();
    }

    private Manifest create() throws Exception {
        return new CreateGeneration(
                        fixture.store(),
                        fixture.sources(),
                        custodian.client("backup"),
                        fixture.clock,
                        new CreateGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"),
                        (table, rows, bytes) -> {})
                .create();
    }

    @Test
    void aCopyKeptElsewhereNoLongerOpensOnceTheIndexDroppedTheDayAndTheCustodianDestroyedItsKey() throws Exception {
        Instant begun = fixture.clock.instant();
        Manifest first = create();
        GenerationId id = GenerationId.parse(first.id());
        Path copy = directory.resolve("elsewhere");
        copy(fixture.placeDirectory(), copy);
        VerifyGeneration elsewhere =
                new VerifyGeneration(new GenerationStore(new LocalPlace(copy), fixture.manifestKeys()));
        assertThat(elsewhere.verify(id, custodian.client("backup")).findings()).isEmpty();
        String label = first.epochKeys().getOrDefault(SITE, "");
        Custodian registry = custodian.client("registry");
        for (int newer = 1; newer <= GenerationIndex.KEPT; newer++) {
            fixture.clock.forward(Duration.ofDays(1));
            create();
            if (newer < GenerationIndex.KEPT) {
                assertThatThrownBy(() -> registry.expire(SITE, request(label, begun)))
                        .as("a generation that counts keeps its key")
                        .isInstanceOf(KeysUnavailableException.class)
                        .hasMessageContaining("KEY_STILL_NEEDED");
            }
        }
        DestructionReceipt receipt = registry.expire(SITE, request(label, begun));

        assertThat(receipt.said())
                .hasValueSatisfying(said -> assertThat(said.label()).isEqualTo(label));
        assertThat(elsewhere.verify(id).findings()).as("the copy is whole").isEmpty();
        assertThatThrownBy(() -> elsewhere.verify(id, custodian.client("backup")))
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining("KEY_DESTROYED");
        VerifyGeneration kept = new VerifyGeneration(fixture.store());
        for (GenerationStore.Stored stored : fixture.store().list()) {
            assertThat(kept.verify(stored.id(), custodian.client("backup")).findings())
                    .isEmpty();
        }
        assertThat(fixture.store().list()).hasSize(3);
    }

    /** With the index as the tool itself wrote it. */
    private ExpireRequest request(String label, Instant begun) {
        String now = fixture.clock.instant().toString();
        return new ExpireRequest(
                label,
                signed(
                        "diplomatics destruction schedule v1",
                        controller,
                        Map.of(
                                "custodian",
                                SITE,
                                "newerGenerations",
                                3,
                                "validFrom",
                                begun.toString(),
                                "validUntil",
                                begun.plus(Duration.ofDays(300)).toString())),
                StatementFile.read(fixture.placeDirectory().resolve("index.json"))
                        .orElseThrow(),
                signed(
                        "diplomatics keyring statement v1",
                        inventory,
                        Map.of("custodian", SITE, "labels", List.of("epoch-2999-01-01"), "issuedAt", now)));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static SignedStatement signed(String type, KeyPair by, Map<String, Object> members) {
        Map<String, Object> statement = new HashMap<>(members);
        statement.put("type", type);
        String text = CanonicalJson.text(statement);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(by.getPrivate());
            signature.update((type + "\n" + text).getBytes(StandardCharsets.UTF_8));
            return new SignedStatement(text, signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
