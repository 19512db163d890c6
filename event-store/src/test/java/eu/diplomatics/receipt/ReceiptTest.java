package eu.diplomatics.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.receipt.ReceiptVerifier.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReceiptTest {
    /** RFC 8037, appendix A: key, and its RFC 7638 thumbprint. */
    private static final String SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    private static final String THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    private static final Instant AT = Instant.parse("2026-11-22T06:00:00.120Z");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SecretBytes seed = SecretBytes.copyOf(HexFormat.of().parseHex(SEED));
    private final ReceiptSigner signer = new ReceiptSigner(seed);
    private final ReceiptVerifier verifier = new ReceiptVerifier(signer.jwks());
    private final Receipt receipt =
            signer.sign(UUID.fromString("00112233-4455-4677-8899-aabbccddeeff"), 1, 42, AT, new byte[32]);

    @AfterEach
    void close() {
        seed.close();
    }

    @Test
    void carries_the_place_in_the_form_of_the_contract() {
        assertThat(JSON.writeValueAsString(receipt))
                .startsWith("{\"reference\":\"00112233-4455-4677-8899-aabbccddeeff\",\"version\":1,\"position\":42,"
                        + "\"recordedAt\":\"2026-11-22T06:00:00.120000Z\",\"leaf\":\"" + "00".repeat(32)
                        + "\",\"keyId\":\"" + THUMBPRINT + "\",\"signature\":\"");
        assertThat(receipt.signature()).matches("[A-Za-z0-9_-]{86}");
    }

    @Test
    void equals_the_signature_of_other_software() {
        // Python's cryptography over the same JCS text
        assertThat(receipt.signature())
                .isEqualTo("-tHCdMqZIuH0dAUFVOBE4KHljJVhI_tui_u-pURpixFNaf9-pbvtZuCSBb6RGuopEw_Dc28q9wPwx6KNgUJLCA");
    }

    @Test
    void names_its_key_by_the_thumbprint_that_RFC_8037_publishes() {
        assertThat(signer.keyId()).isEqualTo(THUMBPRINT);
        assertThat(JSON.writeValueAsString(signer.jwks()))
                .isEqualTo("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
                        + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"kid\":\"" + THUMBPRINT
                        + "\",\"use\":\"sig\",\"alg\":\"Ed25519\"}]}");
    }

    @Test
    void verifies_as_a_record_as_JSON_and_against_keys_read_as_JSON() {
        String json = JSON.writeValueAsString(receipt);
        assertThat(verifier.verify(receipt)).isEqualTo(Result.VALID);
        assertThat(verifier.verify(json)).isEqualTo(Result.VALID);
        assertThat(verifier.verify(JSON.readTree(json).toPrettyString())).isEqualTo(Result.VALID);
        assertThat(ReceiptVerifier.ofJson(JSON.writeValueAsString(signer.jwks()))
                        .verify(json))
                .isEqualTo(Result.VALID);
    }

    @Test
    void no_changed_field_keeps_the_signature_valid() {
        Receipt r = receipt;
        String sig = r.signature();
        String otherSignature =
                signer.sign(r.reference(), 2, 42, AT, new byte[32]).signature();
        List<Receipt> changed = List.of(
                new Receipt(UUID.randomUUID(), 1, 42, r.recordedAt(), r.leaf(), r.keyId(), sig),
                new Receipt(r.reference(), 2, 42, r.recordedAt(), r.leaf(), r.keyId(), sig),
                new Receipt(r.reference(), 1, 43, r.recordedAt(), r.leaf(), r.keyId(), sig),
                new Receipt(r.reference(), 1, 42, "2026-11-22T06:00:00.12Z", r.leaf(), r.keyId(), sig),
                new Receipt(r.reference(), 1, 42, "2026-11-22T06:00:00.120001Z", r.leaf(), r.keyId(), sig),
                new Receipt(
                        r.reference(), 1, 42, r.recordedAt(), "01" + r.leaf().substring(2), r.keyId(), sig),
                new Receipt(r.reference(), 1, 42, r.recordedAt(), r.leaf(), r.keyId(), otherSignature),
                new Receipt(r.reference(), 1, 42, r.recordedAt(), r.leaf(), r.keyId(), sig + "="),
                new Receipt(r.reference(), 1, 42, r.recordedAt(), r.leaf(), r.keyId(), ""));
        for (Receipt other : changed) {
            assertThat(verifier.verify(other)).as(other.toString()).isEqualTo(Result.INVALID);
            assertThat(verifier.verify(JSON.writeValueAsString(other))).isEqualTo(Result.INVALID);
        }
        assertThat(verifier.verify(new Receipt(r.reference(), 1, 42, r.recordedAt(), r.leaf(), "other", sig)))
                .isEqualTo(Result.UNKNOWN_KEY);
    }

    @Test
    void a_receipt_with_a_member_more_less_or_twice_is_invalid() {
        String json = JSON.writeValueAsString(receipt);
        List<String> changed = new ArrayList<>(List.of(
                json.replace("\"version\":1,", ""),
                json.replace("\"version\":1", "\"version\":1.5"),
                json.replace("\"version\":1", "\"version\":\"1\""),
                json.replace("{", "{\"more\":null,"),
                json.replace("{", "{\"version\":1,"),
                json + "{}",
                "",
                "null",
                "[]",
                "{}",
                "{\"signature\":1}",
                json.substring(1)));
        for (String other : changed) {
            assertThat(verifier.verify(other)).as(other).isEqualTo(Result.INVALID);
        }
    }

    @Test
    void a_key_set_counts_only_keys_it_names_rightly() {
        String set = JSON.writeValueAsString(signer.jwks());
        for (String other : List.of(
                set.replace("\"OKP\"", "\"EC\""),
                set.replace("\"crv\":\"Ed25519\"", "\"crv\":\"X25519\""),
                set.replace("\"x\":\"11", "\"x\":\"1"),
                set.replace("\"x\":\"11", "\"x\":\"22"),
                "{\"keys\":[]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}")) {
            assertThat(ReceiptVerifier.ofJson(other).verify(receipt)).as(other).isEqualTo(Result.UNKNOWN_KEY);
        }
        for (String none : List.of("", "[]", "{}", "null", "{\"keys\":1}")) {
            assertThatThrownBy(() -> ReceiptVerifier.ofJson(none)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void nothing_is_signed_once_the_seed_is_closed() {
        seed.close();
        assertThatThrownBy(() -> signer.sign(UUID.randomUUID(), 1, 1, AT, new byte[32]))
                .isInstanceOf(IllegalStateException.class);
    }
}
