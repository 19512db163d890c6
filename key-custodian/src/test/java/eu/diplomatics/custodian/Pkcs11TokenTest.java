package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.Token.KeyKind;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class Pkcs11TokenTest {
    private static final byte[] CONTEXT = {1, 2};
    private static final byte[] KEY = CustodianFixture.filled(32, 7);
    private static final String DAY = "epoch-2026-11-22";

    @TempDir
    Path directory;

    private SoftHsm hsm;

    @BeforeEach
    void token() {
        hsm = SoftHsm.in(directory);
        hsm.initialise("custodian");
    }

    @Nested
    class Keys {
        @Test
        void madeElsewhereAreTheSameHereAndCannotBeTakenOut() throws Exception {
            byte[] here;
            try (Token token = create()) {
                token.bring("holder-index-2", KEY);
                here = token.digest("holder-index-2", List.of(KEY)).getFirst();
                assertThatThrownBy(() -> token.bring("holder-index-2", KEY)).isInstanceOf(TokenException.class);
            }
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            assertThat(here).isEqualTo(mac.doFinal(KEY));
            try (Token token = open()) {
                assertThat(token.labels()).contains("holder-index-2");
                assertThat(token.digest("holder-index-2", List.of(KEY)).getFirst())
                        .isEqualTo(here);
            }
        }

        @Test
        void areKeptOverAReopening() throws Exception {
            Token.Sealed sealed;
            byte[] digest;
            byte[] publicKey;
            try (Token token = create()) {
                token.create(DAY, KeyKind.WRAPPING);
                sealed = token.wrap(DAY, CONTEXT, KEY);
                digest = digest(token);
                publicKey = token.publicKey(KeyLabels.RECEIPT_SIGNING);
            }
            try (Token token = open()) {
                assertThat(token.labels()).containsExactly("access-log-index", DAY, "holder-index", "receipt-signing");
                assertThat(token.unwrap(DAY, CONTEXT, sealed)).isEqualTo(KEY);
                assertThat(digest(token)).isEqualTo(digest).hasSize(32);
                byte[] signature = token.sign(KeyLabels.RECEIPT_SIGNING, CONTEXT);
                assertThat(token.publicKey(KeyLabels.RECEIPT_SIGNING)).isEqualTo(publicKey);
                assertThat(verifies(publicKey, CONTEXT, signature)).isTrue();
                assertThat(verifies(publicKey, KEY, signature)).isFalse();
            }
        }

        @Test
        void areUsedForTheirPurposeOnly() {
            try (Token token = create()) {
                token.create(DAY, KeyKind.WRAPPING);
                token.create(DAY, KeyKind.WRAPPING);
                assertReason(Reason.UNKNOWN_KEY, () -> token.wrap("holder-index", CONTEXT, KEY));
                assertReason(Reason.UNKNOWN_KEY, () -> token.digest(DAY, List.of(KEY)));
                assertReason(Reason.UNKNOWN_KEY, () -> token.sign(DAY, KEY));
                assertReason(Reason.UNKNOWN_KEY, () -> token.create("holder-index", KeyKind.WRAPPING));
                assertReason(Reason.UNKNOWN_KEY, () -> token.destroy("epoch-2026-11-21"));
                token.check();
            }
        }

        @Test
        void thatAreDestroyedAreGoneAfterAReopeningToo() {
            try (Token token = create()) {
                token.create(DAY, KeyKind.WRAPPING);
                token.destroy(DAY);
                assertReason(Reason.UNKNOWN_KEY, () -> token.wrap(DAY, CONTEXT, KEY));
                token.check();
            }
            try (Token token = open()) {
                assertThat(token.has(DAY)).isFalse();
            }
        }

        @Test
        void wrapWithAnInitialisationVectorOfTheirOwnAndOnlyInTheirContext() {
            try (Token token = create()) {
                token.create(DAY, KeyKind.WRAPPING);
                Token.Sealed first = token.wrap(DAY, CONTEXT, KEY);
                Token.Sealed second = token.wrap(DAY, CONTEXT, KEY);
                assertThat(first.iv()).hasSize(12).isNotEqualTo(second.iv());
                assertThat(first.ciphertext()).hasSize(48).isNotEqualTo(second.ciphertext());
                assertReason(Reason.MISMATCH, () -> token.unwrap(DAY, KEY, first));
                for (int at : new int[] {0, 31, 32, 47}) {
                    byte[] changed = first.ciphertext().clone();
                    changed[at] ^= 1;
                    assertReason(
                            Reason.MISMATCH, () -> token.unwrap(DAY, CONTEXT, new Token.Sealed(first.iv(), changed)));
                }
                assertReason(
                        Reason.MISMATCH, () -> token.unwrap(DAY, CONTEXT, new Token.Sealed(first.iv(), new byte[3])));
                assertThat(token.unwrap(DAY, CONTEXT, first))
                        .as("a wrong ciphertext does not close the token")
                        .isEqualTo(KEY);
            }
        }

        @Test
        void areMadeOnceAndNeverOverThoseThatAreThere() {
            byte[] digest;
            try (Token token = create()) {
                digest = digest(token);
            }
            assertReason(Reason.IN_USE, Pkcs11TokenTest.this::create);
            try (Token token = open()) {
                assertThat(digest(token)).isEqualTo(digest);
            }
        }

        @Test
        void thatCouldBeTakenOutAreRefused() throws Exception {
            create().close();
            hsm.addKeyThatCanBeTakenOut("custodian");
            assertReason(Reason.CORRUPT, Pkcs11TokenTest.this::open);
        }
    }

    @Test
    void withoutSoftHsmTheseTestsFailWhereEverythingIsTested() {
        assertThatThrownBy(() -> SoftHsm.in(directory, Optional.empty(), true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("install softhsm2");
        assertThatThrownBy(() -> SoftHsm.in(directory, Optional.empty(), false))
                .isInstanceOf(TestAbortedException.class);
    }

    @Test
    void isFoundByItsLabelWhereverItStands() {
        // slots are in the order of random numbers
        hsm.initialise("other");
        String first = hsm.firstLabel();
        String second = first.equals("custodian") ? "other" : "custodian";
        byte[] digest;
        try (Token token = Pkcs11Token.create(hsm.token(second), pin(), CustodianVerbs.FIRST_KEYS)) {
            digest = digest(token);
        }
        hsm.delete(first);
        assertThat(hsm.firstLabel()).isEqualTo(second);
        try (Token token = Pkcs11Token.open(hsm.token(second), pin())) {
            assertThat(digest(token)).isEqualTo(digest);
            assertReason(Reason.IN_USE, () -> Pkcs11Token.open(hsm.token(second), pin()));
        }
        hsm.initialise(second);
        assertReason(Reason.MISSING, () -> Pkcs11Token.open(hsm.token(second), pin()));
    }

    @Test
    void isMeasuredWithoutLeavingAKey() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Token token = create()) {
            List<String> labels = token.labels();
            new TokenMeasurement(token, Duration.ofMillis(100))
                    .print(new PrintStream(out, true, StandardCharsets.UTF_8));
            assertThat(token.labels()).isEqualTo(labels);
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(4)
                .allMatch(line -> line.matches("(unwrap|HMAC) +[14] threads? +[0-9,]+/s"));
    }

    @Test
    void aTokenOrLibraryThatIsNotThereIsSaidToBeMissing() {
        assertReason(Reason.MISSING, () -> Pkcs11Token.open(hsm.token("none"), pin()));
        Path library = directory.resolve("none.so");
        assertReason(
                Reason.MISSING,
                () -> Pkcs11Token.open(
                        new CustodianConfiguration.Token.Pkcs11(
                                library, "custodian", null, false, Duration.ofSeconds(5)),
                        pin()));
        create().close();
    }

    @Test
    void softwareIsNotHardwareWhateverTheConfigurationSays() {
        var declared =
                new CustodianConfiguration.Token.Pkcs11(hsm.library(), "custodian", null, true, Duration.ofSeconds(10));
        assertThatThrownBy(() -> Pkcs11Token.open(declared, pin())).isInstanceOf(ConfigurationException.class);
        try (Token token = create()) {
            assertThat(token.technology()).isEqualTo("pkcs11");
            assertThat(token.hardware()).isFalse();
        }
    }

    @Test
    void aWrongPinIsTriedOnce() {
        create().close();
        assertReason(Reason.WRONG_PASSWORD, () -> Pkcs11Token.open(hsm.token("custodian"), "wrong-1234".toCharArray()));
        open().close();
        assertThat(new Pkcs11Library.Slot(1, "custodian", "a maker", 0x2_042d).lockedOrAlmost())
                .isTrue();
        assertThat(new Pkcs11Library.Slot(1, "custodian", "a maker", 0x1_042d).lockedOrAlmost())
                .as("one wrong PIN of many")
                .isFalse();
    }

    @Test
    void aPinThatIsRefusedWhileRunningIsNotTriedAgain() throws IOException {
        try (Token token = create()) {
            hsm.remove();
            hsm.initialiseWithPin("custodian", "another-1234");
            assertReason(Reason.UNAVAILABLE, token::check);
            patiently().untilAsserted(() -> assertReason(Reason.WRONG_PASSWORD, token::check));
            hsm.putBack();
            // the right token is back, but only a person knows whether to try the PIN again
            patiently()
                    .during(Duration.ofMillis(1_500))
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertReason(Reason.WRONG_PASSWORD, token::check));
        }
        open().close();
    }

    @Test
    void aTokenThatIsTakenAwayClosesAndOneThatIsBackOpensWithoutARestart() throws IOException {
        try (Token token = create()) {
            token.create(DAY, KeyKind.WRAPPING);
            Token.Sealed sealed = token.wrap(DAY, CONTEXT, KEY);
            byte[] digest = digest(token);
            for (int round = 0; round < 3; round++) {
                hsm.remove();
                assertReason(Reason.UNAVAILABLE, () -> digest(token));
                assertReason(Reason.UNAVAILABLE, () -> token.unwrap(DAY, CONTEXT, sealed), Reason.MISSING);
                assertReason(Reason.UNAVAILABLE, token::labels, Reason.MISSING);
                patiently().untilAsserted(() -> assertReason(Reason.MISSING, token::check));
                hsm.putBack();
                patiently().untilAsserted(token::check);
                assertThat(token.unwrap(DAY, CONTEXT, sealed)).isEqualTo(KEY);
                assertThat(digest(token)).isEqualTo(digest);
            }
        }
    }

    /** The JDK's provider destroys temporary keys by their numbers, later, when these may be other keys' numbers. */
    @Test
    void noKeyIsLostWhenTheGarbageCollectorComesAfterTheTokenWasOpenedAgain() throws IOException {
        try (Token token = create()) {
            for (int day = 1; day < 10; day++) {
                token.create("epoch-2026-11-0" + day, KeyKind.WRAPPING);
            }
            List<String> labels = token.labels();
            hsm.remove();
            assertReason(Reason.UNAVAILABLE, token::check);
            hsm.putBack();
            patiently().untilAsserted(token::check);
            System.gc();
            patiently()
                    .during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(token.labels()).isEqualTo(labels));
            token.check();
        }
        try (Token token = open()) {
            assertThat(token.labels()).hasSize(12);
        }
    }

    @Test
    void aTokenThatVanishedIsNotTakenForAnEmptyOne() throws IOException {
        try (Token token = create()) {
            hsm.remove();
            assertReason(Reason.UNAVAILABLE, () -> token.create(DAY, KeyKind.WRAPPING));
            // of the same label and PIN, and empty
            hsm.initialise("custodian");
            patiently().untilAsserted(() -> assertReason(Reason.INCOMPLETE, token::check));
            assertReason(Reason.UNAVAILABLE, () -> digest(token), Reason.INCOMPLETE);
            hsm.putBack();
            patiently().untilAsserted(token::check);
        }
    }

    @Test
    void aKeyThatIsNotSurelyDestroyedIsNotSaidToBe() throws IOException {
        try (Token token = create()) {
            token.create(DAY, KeyKind.WRAPPING);
            hsm.remove();
            assertReason(Reason.UNAVAILABLE, () -> token.destroy(DAY));
            hsm.putBack();
            patiently().untilAsserted(token::check);
            assertThat(token.has(DAY)).isTrue();
        }
    }

    @Test
    void aSlowTokenIsNotWaitedForAndWorksAgainWhenItIsQuick() throws Exception {
        create().close();
        try (Token token = Pkcs11Token.open(hsm.token("custodian", Duration.ofSeconds(2)), pin())) {
            byte[] digest = digest(token);
            Process holder = hsm.stall();
            try {
                for (int i = 0; i < 3; i++) {
                    long start = System.nanoTime();
                    assertReason(Reason.SLOW, () -> digest(token));
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
                }
            } finally {
                holder.destroyForcibly().waitFor();
            }
            patiently().untilAsserted(() -> assertThat(digest(token)).isEqualTo(digest));
        }
    }

    /** Until the token is open again, which is tried once a second. */
    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreException(TokenException.class);
    }

    private Token create() {
        return Pkcs11Token.create(hsm.token("custodian"), pin(), CustodianVerbs.FIRST_KEYS);
    }

    private Token open() {
        return Pkcs11Token.open(hsm.token("custodian"), pin());
    }

    private static char[] pin() {
        return SoftHsm.PIN.toCharArray();
    }

    private static byte[] digest(Token token) {
        return token.digest("holder-index", List.of(KEY)).getFirst();
    }

    private static boolean verifies(byte[] publicKey, byte[] message, byte[] signature) throws Exception {
        Signature verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(publicKey)));
        verifier.update(message);
        return verifier.verify(signature);
    }

    private static void assertReason(Reason reason, ThrowingCallable work) {
        assertReason(reason, work, reason);
    }

    private static void assertReason(Reason one, ThrowingCallable work, Reason other) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.reason()).isIn(one, other));
    }
}
