package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import eu.diplomatics.qualification.Insz;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The values are compared with ones that another implementation computed, so that the format cannot change unnoticed. */
class BlindIndexTest {
    private static final byte[] K1 = HexFormat.of().parseHex("11".repeat(32));
    private static final byte[] K2 = HexFormat.of().parseHex("22".repeat(32));
    private static final byte[] K2_ACCESS = HexFormat.of().parseHex("33".repeat(32));
    private static final Insz TEST_PERSON = new Insz("85701500178");

    private static final Map<String, byte[]> CUSTODIAN_KEYS = Map.of("holder-index", K2, "access-log-index", K2_ACCESS);

    private final List<List<IndexRequest>> calls = new ArrayList<>();
    private final BlindIndex index = new BlindIndex(name -> SecretBytes.copyOf(K1), this::digest, label -> {});

    /** What the custodian does with its keys, which here are known. */
    private List<byte[]> digest(List<IndexRequest> requests) {
        calls.add(requests);
        return requests.stream()
                .map(request ->
                        Hmac.sha256(Objects.requireNonNull(CUSTODIAN_KEYS.get(request.keyLabel())), request.value()))
                .toList();
    }

    @Test
    void aNationalNumberHasTheValueThatTheFormatSays() {
        assertThat(hex(IndexTerm.holder(TEST_PERSON)))
                .isEqualTo("05fee7278f11a7be5a3efe2143deea8b32e94744ec489ad8f2f831ea2d23c6b6");
    }

    @Test
    void aLocalNumberHasTheValueThatTheFormatSays() {
        assertThat(hex(IndexTerm.holder("supplier-1", "A-77")))
                .isEqualTo("67376954b2831d598ba8adfffc62ac0741a85d8de5f44a66b9af33f77b801311");
    }

    @Test
    void theAccessLogHasAnotherKeyAndAnotherKind() {
        assertThat(hex(IndexTerm.accessLog(TEST_PERSON, 1)))
                .isEqualTo("d1b16f77903e504a32fb80b5b50c860fb9711d4afc63c0b23549ba71bf976ff4");
    }

    @Test
    void fieldsThatRunTogetherDoNotCollide() {
        assertThat(index.of(IndexTerm.holder("ab", "c"))).isNotEqualTo(index.of(IndexTerm.holder("a", "bc")));
    }

    @Test
    void manyTermsCostOneCallAndRepeatedOnesCountOnce() {
        List<IndexTerm> terms =
                List.of(IndexTerm.holder(TEST_PERSON), IndexTerm.holder("s", "1"), IndexTerm.holder(TEST_PERSON));
        assertThat(index.of(terms)).hasSize(2);
        assertThat(calls).hasSize(1);
        assertThat(calls.getFirst()).hasSize(2);
    }

    @Test
    void theCustodianSeesNoNumberAndNothingPrintsOne() {
        IndexTerm term = IndexTerm.holder(TEST_PERSON);
        BlindIndexValue value = index.of(term);
        assertThat(calls.stream().flatMap(List::stream)).isNotEmpty().allSatisfy(seen -> {
            assertThat(seen.value()).hasSize(32);
            assertThat(new String(seen.value(), StandardCharsets.ISO_8859_1)).doesNotContain(TEST_PERSON.digits());
        });
        assertThat(term.toString()).doesNotContain(TEST_PERSON.digits());
        assertThat(value.toString()).doesNotContain(HexFormat.of().formatHex(value.value(), 0, 4));
    }

    private String hex(IndexTerm term) {
        return HexFormat.of().formatHex(index.of(term).value());
    }
}
