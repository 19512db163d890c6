package eu.diplomatics.transparency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.NoteException.Reason;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
    /** The examples of Go's sumdb/note; EnochRoot's key has a seed of zeros. */
    private static final String TEXT = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.
            """;

    private static final String NEUMANN =
            "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    private static final String ENOCH =
            "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
    private static final VerifierKey KEY =
            VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");

    @Test
    void a_published_note_verifies_and_is_written_as_it_stands() {
        SignedNote note = parse(TEXT + "\n" + NEUMANN);
        assertThat(note.text()).isEqualTo(TEXT);
        assertThat(note.verify(List.of(KEY))).containsExactly(new VerifiedSignature(KEY, Optional.empty()));
        assertThat(note.toBytes()).isEqualTo((TEXT + "\n" + NEUMANN).getBytes(UTF_8));
    }

    /** c2sp.org/signed-note. */
    @Test
    void the_example_of_the_specification_verifies() {
        VerifierKey key = VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        SignedNote note = parse("""
                This is an example message.

                \u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
                """);
        assertThat(note.verify(List.of(key))).hasSize(1);
    }

    @Test
    void signing_gives_the_published_signature() {
        try (SecretBytes zeros = SecretBytes.copyOf(new byte[32])) {
            NoteSigner enoch = NoteSigner.log("EnochRoot", zeros);
            SignedNote note = parse(TEXT + "\n" + NEUMANN).cosign(enoch);
            assertThat(new String(note.toBytes(), UTF_8)).isEqualTo(TEXT + "\n" + NEUMANN + ENOCH);
            assertThat(note.verify(List.of(KEY, enoch.verifierKey()))).hasSize(2);
            assertThat(new String(SignedNote.sign(TEXT, enoch).toBytes(), UTF_8))
                    .isEqualTo(TEXT + "\n" + ENOCH);
        }
    }

    @Test
    void a_change_of_any_bit_is_refused_or_leaves_no_signature() {
        byte[] note = (TEXT + "\n" + NEUMANN).getBytes(UTF_8);
        for (int at = 0; at < note.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = note.clone();
                changed[at] ^= (byte) (1 << bit);
                try {
                    assertThat(SignedNote.parse(changed).verify(List.of(KEY)))
                            .as("byte %d", at)
                            .isEmpty();
                } catch (NoteException e) {
                    assertThat(e.reason())
                            .isIn(
                                    Reason.CHARACTERS,
                                    Reason.NOTE_FORMAT,
                                    Reason.SIGNATURE_LINE,
                                    Reason.SIGNATURE_INVALID);
                }
            }
        }
    }

    @Test
    void a_false_signature_of_a_known_key_spoils_the_note_even_beside_true_ones() {
        String forged = NEUMANN.replace("ZJku", "ZJkv");
        assertReason(
                Reason.SIGNATURE_INVALID,
                () -> parse(TEXT + "\n" + NEUMANN + forged).verify(List.of(KEY)));
        assertReason(
                Reason.SIGNATURE_INVALID,
                () -> parse(TEXT + "\n" + forged + NEUMANN).verify(List.of(KEY)));
    }

    @Test
    void a_key_counts_once_and_others_do_not_count() {
        SignedNote note = parse(TEXT + "\n" + NEUMANN + NEUMANN + ENOCH);
        assertThat(note.signatures()).hasSize(3);
        assertThat(note.verify(List.of(KEY))).hasSize(1);
        assertThat(note.verify(List.of())).isEmpty();
        VerifierKey sameName = new VerifierKey("PeterNeumann", SignatureType.ED25519, new byte[] {
            // RFC 8032, TEST 1
            -41,
            90,
            -104,
            1,
            -126,
            -79,
            10,
            -73,
            -43,
            75,
            -2,
            -45,
            -55,
            100,
            7,
            58,
            14,
            -31,
            114,
            -13,
            -38,
            -90,
            35,
            37,
            -81,
            2,
            26,
            104,
            -9,
            7,
            81,
            26
        });
        assertThat(note.verify(List.of(sameName))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "\n\n",
                "text\n",
                "text\n\n",
                "text\n\u2014 name AAAAAAA=\n",
                "text\n\n\u2014 name AAAAAAA=",
            })
    void what_is_no_text_with_signatures_is_no_note(String note) {
        assertReason(Reason.NOTE_FORMAT, () -> parse(note));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- name AAAAAAA=",
                "\u2014name AAAAAAA=",
                "\u2014  AAAAAAA=",
                "\u2014 name",
                "\u2014 name ",
                "\u2014 name  AAAAAAA=",
                "\u2014 name AAAAAAA= ",
                "\u2014 na me AAAAAAA=",
                "\u2014 na+me AAAAAAA=",
                "\u2014 na\u2003me AAAAAAA=",
                // no padding, loose bits, no signature behind the id, not base64
                "\u2014 name AAAAAAA",
                "\u2014 name AAAAAAB=",
                "\u2014 name AAAAAA==",
                "\u2014 name AAAA_AA=",
                "text"
            })
    void a_line_that_is_no_signature_spoils_the_note(String line) {
        assertReason(Reason.SIGNATURE_LINE, () -> parse("text\n\n" + line + "\n"));
        assertReason(Reason.SIGNATURE_LINE, () -> parse(TEXT + "\n" + NEUMANN + line + "\n"));
    }

    @Test
    void the_last_empty_line_parts_text_and_signatures() {
        assertThat(parse("a\n\nb\n\n\u2014 name AAAAAAA=\n").text()).isEqualTo("a\n\nb\n");
    }

    @Test
    void control_characters_and_bytes_that_are_no_UTF_8_are_refused() {
        for (String control : List.of("\t", "\r", "\u0000", "\u001f")) {
            assertReason(Reason.CHARACTERS, () -> parse("a" + control + "\n\n" + NEUMANN));
        }
        byte[] overlong = ("ab\n\n" + NEUMANN).getBytes(UTF_8);
        overlong[0] = (byte) 0xc0;
        overlong[1] = (byte) 0xaf;
        assertReason(Reason.CHARACTERS, () -> SignedNote.parse(overlong));
    }

    @Test
    void sixteen_signatures_are_taken_and_too_many_or_too_much_are_not() {
        assertThat(parse(TEXT + "\n" + NEUMANN + ENOCH.repeat(99)).verify(List.of(KEY)))
                .hasSize(1);
        assertReason(Reason.TOO_LARGE, () -> parse(TEXT + "\n" + ENOCH.repeat(101)));
        assertReason(Reason.TOO_LARGE, () -> SignedNote.parse(new byte[SignedNote.MAX_BYTES + 1]));
    }

    @Test
    void what_cannot_be_read_again_is_not_signed() {
        try (SecretBytes seed = SecretBytes.random(32)) {
            NoteSigner signer = NoteSigner.log("log", seed);
            assertReason(Reason.NOTE_FORMAT, () -> SignedNote.sign("no end of line", signer));
            assertReason(Reason.CHARACTERS, () -> SignedNote.sign("a\rb\n", signer));
            assertReason(Reason.VERIFIER_KEY, () -> NoteSigner.log("two words", seed));
        }
    }

    private static SignedNote parse(String note) {
        return SignedNote.parse(note.getBytes(UTF_8));
    }

    static void assertReason(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NoteException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
