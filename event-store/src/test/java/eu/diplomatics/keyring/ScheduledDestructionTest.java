package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.ExpireRequest;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.receipt.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R17: what the registry asks of the custodian once a day's key is not needed any more. */
class ScheduledDestructionTest {
    private static final byte[] CONTEXT = "test".getBytes(StandardCharsets.US_ASCII);
    private static final String LABEL = "epoch-2026-11-22";

    @TempDir
    Path directory;

    private final AdjustableClock clock = new AdjustableClock();
    private final KeyPair controller = pair();
    private final KeyPair manifest = pair();
    private final KeyPair inventory = pair();

    @Test
    void aDestructionIsProvenAndTheKeyOpensNothingAnyMore() {
        try (TestCustodian custodian =
                TestCustodian.start(directory, CustodianConfiguration.defaultClients(), authorities(), clock)) {
            HttpsCustodian registry = custodian.client("registry");
            byte[] receiptKey = custodian.client("operator").status().receiptKey();
            Instant start = clock.instant();
            WrappedKey wrapped;
            try (SecretBytes key = SecretBytes.random(32)) {
                wrapped = registry.wrap(key, CONTEXT);
                clock.advance(Duration.ofDays(4));
                registry.wrap(key, CONTEXT);
            }
            assertThatThrownBy(() -> registry.expire("test", request(start, LABEL)))
                    .isInstanceOf(KeysUnavailableException.class)
                    .hasMessageContaining("KEY_STILL_NEEDED");
            assertThatThrownBy(() -> registry.expire("elsewhere", request(start, "epoch-2026-11-26")))
                    .as("a site that has no endpoint here")
                    .isInstanceOf(KeysUnavailableException.class)
                    .isNotInstanceOf(CustodianRefusalException.class);
            DestructionReceipt receipt = registry.expire("test", request(start, "epoch-2026-11-26"));
            assertThat(registry.expire("test", request(start, "epoch-2026-11-26"))
                            .statement())
                    .as("asked again the first receipt is given")
                    .isEqualTo(receipt.statement());
            assertThat(receipt.said())
                    .hasValueSatisfying(said -> assertThat(said.label()).isEqualTo(LABEL));
            assertThat(receipt.isSignedBy(receiptKey)).isTrue();
            assertThat(receipt.statement()).contains(LABEL).contains("SCHEDULE");
            assertThat(new DestructionReceipt(receipt.statement().replace("22", "21"), receipt.signature())
                            .isSignedBy(receiptKey))
                    .isFalse();
            assertThatThrownBy(() -> registry.unwrap(wrapped, CONTEXT))
                    .isInstanceOf(KeysUnavailableException.class)
                    .hasMessageContaining("KEY_DESTROYED");
        }
    }

    @Test
    void oneSiteDestroysItsKeyAndTheOtherKeepsItsOwn() {
        var authorities = authorities();
        try (TestCustodian first =
                TestCustodian.start(directory, CustodianConfiguration.defaultClients(), authorities, clock)) {
            CustodianConfiguration usual = first.configuration();
            CustodianConfiguration other = new CustodianConfiguration(
                    "other",
                    usual.host(),
                    0,
                    new CustodianConfiguration.Token.File(
                            directory.resolve("other.p12"), usual.token().passwordFile()),
                    usual.tls(),
                    directory.resolve("other-audit"),
                    usual.clients(),
                    authorities);
            CustodianServer.initialise(other);
            try (CustodianServer second = CustodianServer.start(other, clock);
                    SecretBytes key = SecretBytes.random(32)) {
                WrappedKey atFirst = first.client("registry").wrap(key, CONTEXT);
                WrappedKey atSecond =
                        first.client("registry", List.of(second.uri())).wrap(key, CONTEXT);
                Instant start = clock.instant();
                clock.advance(Duration.ofDays(4));
                HttpsCustodian both = first.client("registry", List.of(first.uri(), second.uri()));
                DestructionReceipt receipt = both.expire("other", request("other", start, "epoch-2026-11-26"));
                assertThat(receipt.said())
                        .hasValueSatisfying(said -> assertThat(said.custodian()).isEqualTo("other"));
                both.unwrap(atFirst, CONTEXT).close();
                assertThatThrownBy(() -> both.unwrap(atSecond, CONTEXT)).hasMessageContaining("KEY_DESTROYED");
                assertThatThrownBy(() -> both.expire("test", request("other", start, "epoch-2026-11-26")))
                        .as("what was signed for one site serves no other")
                        .isInstanceOfSatisfying(
                                CustodianRefusalException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("STATEMENT_INVALID"));
            }
        }
    }

    @Test
    void aReceiptOfATokenWithoutEd25519IsVerifiedToo() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair token = generator.generateKeyPair();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(token.getPrivate());
        signature.update((DestructionReceipt.PREFIX + "\n{}").getBytes(StandardCharsets.UTF_8));
        DestructionReceipt receipt = new DestructionReceipt("{}", signature.sign());
        assertThat(receipt.isSignedBy(token.getPublic().getEncoded())).isTrue();
        assertThat(receipt.isSignedBy(generator.generateKeyPair().getPublic().getEncoded()))
                .isFalse();
        assertThat(receipt.isSignedBy(inventory.getPublic().getEncoded())).isFalse();
        assertThat(receipt.said()).as("nothing is in it").isEmpty();
    }

    private CustodianConfiguration.Authorities authorities() {
        return new CustodianConfiguration.Authorities(
                List.of(controller.getPublic().getEncoded()),
                List.of(manifest.getPublic().getEncoded()),
                List.of(inventory.getPublic().getEncoded()));
    }

    private ExpireRequest request(Instant start, String live) {
        return request("test", start, live);
    }

    private ExpireRequest request(String site, Instant start, String live) {
        String now = clock.instant().toString();
        List<Map<String, Object>> generations = List.of("2026-11-23", "2026-11-24", "2026-11-25").stream()
                .map(day -> Map.<String, Object>of(
                        "day", day, "manifestHash", "0f".repeat(32), "verifiedAt", day + "T03:00:00Z"))
                .toList();
        return new ExpireRequest(
                LABEL,
                signed(
                        "diplomatics destruction schedule v1",
                        controller,
                        Map.of(
                                "custodian",
                                site,
                                "newerGenerations",
                                3,
                                "validFrom",
                                start.toString(),
                                "validUntil",
                                start.plus(Duration.ofDays(300)).toString())),
                signed(
                        "diplomatics generation index v1",
                        manifest,
                        Map.of("generations", generations, "issuedAt", now)),
                signed(
                        "diplomatics keyring statement v1",
                        inventory,
                        Map.of("custodian", site, "labels", List.of(live), "issuedAt", now)));
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
