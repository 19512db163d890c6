package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.transparency.NoteException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierKeyTest {
    /** By c2sp.org/signed-note, Go's sumdb/note, transparency-dev/formats (one with a plus in its base64), and witnesses. */
    @ParameterizedTest
    @CsvSource({
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k, example.com/foo, ED25519, 530d903a",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW, PeterNeumann, ED25519, c74f20a3",
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6, TEST, ED25519, 7997405c",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2, remora.n621.de, COSIGNATURE_V1, da77ade7"
    })
    void a_published_key_is_read_and_written_as_it_stands(String text, String name, SignatureType type, String id) {
        VerifierKey key = VerifierKey.parse(text);
        assertThat(key.name()).isEqualTo(name);
        assertThat(key.type()).isEqualTo(type);
        assertThat(Integer.toHexString(key.id())).isEqualTo(id);
        assertThat(key.text()).isEqualTo(text);
        assertThat(key).isEqualTo(VerifierKey.parse(text)).hasSameHashCodeAs(VerifierKey.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "++",
                "bananas.sigstore.dev+12344556",
                "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
                // another id, upper case, too short
                "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                // another name, none, with a space, with one that is not ASCII
                "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/fo o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/fo\u00a0o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                // a key that is cut, or longer
                "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
                "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA=="
            })
    void another_text_is_no_key(String text) {
        assertReason(Reason.VERIFIER_KEY, text);
    }

    @Test
    void a_key_with_any_character_changed_is_refused() {
        String text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        for (int at = 0; at < text.length(); at++) {
            for (int bit = 0; bit < 7; bit++) {
                StringBuilder changed = new StringBuilder(text);
                changed.setCharAt(at, (char) (text.charAt(at) ^ 1 << bit));
                assertThatThrownBy(() -> VerifierKey.parse(changed.toString())).isInstanceOf(NoteException.class);
            }
        }
    }

    @Test
    void a_key_that_signs_in_an_unknown_way_is_told_apart() {
        assertReason(Reason.SIGNATURE_TYPE, "rekor.sigstore.dev+12345678+AwEB");
    }

    /** y = 2 is on no point of the curve. */
    @Test
    void bytes_that_are_no_point_are_no_key() {
        byte[] noPoint = new byte[32];
        noPoint[0] = 2;
        assertThatThrownBy(() -> new VerifierKey("name", SignatureType.ED25519, noPoint))
                .isInstanceOfSatisfying(
                        NoteException.class, e -> assertThat(e.reason()).isEqualTo(Reason.VERIFIER_KEY));
    }

    private static void assertReason(Reason reason, String text) {
        assertThatThrownBy(() -> VerifierKey.parse(text))
                .isInstanceOfSatisfying(
                        NoteException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
