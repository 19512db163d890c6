package eu.diplomatics.registry.destruction;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.inventory.KeyringArtefacts.EpochKey;
import eu.diplomatics.keyring.DestructionReceipt;
import eu.diplomatics.registry.destruction.DestructionStore.Kind;
import eu.diplomatics.registry.destruction.DestructionStore.Signed;
import eu.diplomatics.registry.destruction.ReceiptCheck.Outcome;
import eu.diplomatics.registry.destruction.ReceiptCheck.Why;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A destruction receipt (R17)")
class ReceiptCheckTest {
    private static final EpochKey KEY = new EpochKey("epoch-2026-11-22", "site-a");
    private static final Instant SIGNED_AT = Instant.parse("2026-11-26T01:30:00Z");
    private static final Instant NOW = Instant.parse("2026-11-26T01:40:00Z");
    private static final String HASH = "ab".repeat(32);
    private static final String WHOLE = """
            {"custodian":"site-a","label":"epoch-2026-11-22","rule":"SCHEDULE","requestedAt":"2026-11-26T01:35:00Z",\
            "approvedAt":"2026-11-26T01:35:00Z","destroyedAt":"2026-11-26T01:35:00Z","inventoryHash":"%s",\
            "generationIndexHash":"%s","scheduleHash":"%s","operators":[],"token":"file"}""".formatted(HASH, HASH, HASH);

    private final KeyPair site = pair();
    private Signed signed = new Signed(Kind.KEYRING, "site-a", null, SIGNED_AT);

    @Test
    void holds_when_the_site_signed_it_for_what_was_asked() {
        assertThat(check(WHOLE)).isInstanceOf(Outcome.Good.class);
    }

    @Test
    void of_another_signer_or_changed_after_it_was_signed_is_refused() {
        assertThat(why(check(receipt(WHOLE, pair())))).isEqualTo(Why.NOT_SIGNED);
        DestructionReceipt good = receipt(WHOLE, site);
        assertThat(why(check(new DestructionReceipt(WHOLE.replace("-22", "-21"), good.signature()))))
                .isEqualTo(Why.NOT_SIGNED);
        assertThat(why(new ReceiptCheck(Map.of(), hash -> Optional.of(signed)).check(KEY, good, NOW)))
                .as("no key is configured")
                .isEqualTo(Why.NOT_SIGNED);
    }

    @Test
    void that_lacks_anything_is_refused() {
        for (String member : List.of("rule", "inventoryHash", "generationIndexHash", "scheduleHash", "destroyedAt")) {
            assertThat(why(check(WHOLE.replace("\"" + member + "\"", "\"other\""))))
                    .as(member)
                    .isEqualTo(Why.NOT_WHOLE);
        }
        for (String name : List.of("epoch-2026-11-22", "site-a")) {
            assertThat(why(check(WHOLE.replace(name, name + "\\nALARM"))))
                    .as("what no key or site is named would stand in the log")
                    .isEqualTo(Why.NOT_WHOLE);
        }
        assertThat(why(check("no JSON"))).isEqualTo(Why.NOT_WHOLE);
        assertThat(why(check(WHOLE.replace("SCHEDULE", "EXCEPTION"))))
                .as("no two operators")
                .isEqualTo(Why.NOT_WHOLE);
    }

    @Test
    void of_another_key_or_site_is_refused() {
        assertThat(why(check(WHOLE.replace("epoch-2026-11-22", "epoch-2026-11-21"))))
                .isEqualTo(Why.OTHER_KEY);
        assertThat(why(check(WHOLE.replace("site-a", "site-b")))).isEqualTo(Why.OTHER_KEY);
    }

    @Test
    void for_a_statement_that_was_never_signed_or_for_something_else_is_refused() {
        assertThat(why(check(WHOLE.replace("\"inventoryHash\":\"ab", "\"inventoryHash\":\"00"))))
                .isEqualTo(Why.STATEMENT_UNKNOWN);
        signed = new Signed(Kind.KEYRING, "site-b", null, SIGNED_AT);
        assertThat(why(check(WHOLE))).isEqualTo(Why.STATEMENT_UNKNOWN);
        signed = new Signed(Kind.INVENTORY, "site-a", "epoch-2026-11-22", SIGNED_AT);
        assertThat(why(check(WHOLE))).isEqualTo(Why.STATEMENT_UNKNOWN);
        String exception = WHOLE.replace("SCHEDULE", "EXCEPTION").replace("[]", "[\"operator\",\"operator-2\"]");
        assertThat(check(exception)).isInstanceOf(Outcome.Good.class);
        signed = new Signed(Kind.INVENTORY, "site-a", "epoch-2026-11-21", SIGNED_AT);
        assertThat(why(check(exception))).isEqualTo(Why.STATEMENT_UNKNOWN);
    }

    @Test
    void of_a_time_that_cannot_be_is_refused() {
        String at = "\"destroyedAt\":\"2026-11-26T01:35:00Z\"";
        for (String wrong : List.of("2026-11-26T01:20:00Z", "2026-11-26T01:50:00Z", "2026-11-22T23:00:00Z")) {
            assertThat(why(check(WHOLE.replace(at, "\"destroyedAt\":\"" + wrong + "\""))))
                    .as(wrong)
                    .isEqualTo(Why.WRONG_TIME);
        }
    }

    private Outcome check(String statement) {
        return check(receipt(statement, site));
    }

    private Outcome check(DestructionReceipt receipt) {
        return new ReceiptCheck(
                        Map.of("site-a", List.of(site.getPublic().getEncoded())),
                        hash -> hash.equals(HASH) ? Optional.of(signed) : Optional.empty())
                .check(KEY, receipt, NOW);
    }

    private static Why why(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Bad.class);
        return ((Outcome.Bad) outcome).why();
    }

    private static DestructionReceipt receipt(String statement, KeyPair by) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(by.getPrivate());
            signature.update((DestructionReceipt.PREFIX + "\n" + statement).getBytes(StandardCharsets.UTF_8));
            return new DestructionReceipt(statement, signature.sign());
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
