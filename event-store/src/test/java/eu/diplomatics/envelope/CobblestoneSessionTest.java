package eu.diplomatics.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.EnvelopeException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CobblestoneSessionTest {
    private static final int[] SIZES = {1024, 0, 1, 16_383, 16_384, 40_000, 32_768, 17};

    private final CobblestoneSession session = new CobblestoneSession();
    private final SecretBytes key = SecretBytes.random(Cobblestone.KEY_BYTES);
    private final SecretBytes other = SecretBytes.random(Cobblestone.KEY_BYTES);

    @AfterEach
    void close() {
        session.close();
        key.close();
        other.close();
    }

    @Test
    void seals_and_opens_as_the_calls_for_one_message_do_under_keys_and_contexts_in_turn() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] context = context("context " + "x".repeat(i));
            SecretBytes under = i % 3 == 0 ? other : key;
            byte[] plaintext = new byte[SIZES[i % SIZES.length]];
            random.nextBytes(plaintext);
            assertThat(Cobblestone.open(under, context, session.seal(under, context, plaintext)))
                    .isEqualTo(plaintext);
            assertThat(session.open(under, context, Cobblestone.seal(under, context, plaintext)))
                    .isEqualTo(plaintext);
        }
    }

    @Test
    void works_alike_for_a_key_that_follows_itself_also_after_it_was_closed_and_after_another() {
        for (int i = 0; i < 60; i++) {
            byte[] context = context("context " + "x".repeat(3 * i));
            SecretBytes under = i / 6 % 2 == 0 ? key : other;
            byte[] plaintext = {(byte) i};
            assertThat(Cobblestone.open(under, context, session.seal(under, context, plaintext)))
                    .isEqualTo(plaintext);
            if (i % 16 == 0) {
                session.close();
            }
            byte[] sealed = Cobblestone.seal(under, context, plaintext);
            assertThat(session.open(under, context, sealed)).isEqualTo(plaintext);
            refuses(Kind.COMMITMENT, under == key ? other : key, context, sealed);
        }
        key.close();
        assertThatThrownBy(() -> session.seal(key, context("place"), new byte[5]))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void works_within_the_callers_arrays_and_touches_nothing_beside() {
        byte[] context = context("place");
        byte[] sealed = new byte[20_000];
        byte[] plaintext = new byte[1_000];
        Arrays.fill(plaintext, 0, 600, (byte) 7);
        int written = session.seal(key, context, plaintext, 600, sealed, 100);
        assertThat(written).isEqualTo(Cobblestone.sealedLength(600));
        assertThat(Arrays.copyOf(sealed, 100)).containsOnly(0);
        assertThat(Arrays.copyOfRange(sealed, 100 + written, sealed.length)).containsOnly(0);

        byte[] opened = new byte[1_000];
        assertThat(session.open(key, context, sealed, 100, written, opened)).isEqualTo(600);
        assertThat(opened).isEqualTo(plaintext);
        assertThatThrownBy(() -> session.seal(key, context, plaintext, 600, new byte[written], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> session.open(key, context, sealed, 100, written, new byte[599]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void never_uses_a_salt_twice() {
        Set<String> salts = Collections.synchronizedSet(new HashSet<>());
        for (int i = 0; i < 1_000; i++) {
            byte[] sealed = session.seal(key, context("place"), new byte[0]);
            assertThat(salts.add(HexFormat.of().formatHex(sealed, 0, MessageKey.SALT_BYTES)))
                    .isTrue();
        }
    }

    @Test
    void refuses_what_was_changed_or_is_from_elsewhere_leaves_zeros_and_goes_on() {
        byte[] context = context("place");
        byte[] plaintext = new byte[20_000];
        Arrays.fill(plaintext, (byte) 9);
        byte[] sealed = session.seal(key, context, plaintext);
        refuses(Kind.COMMITMENT, key, context, changed(sealed, 3));
        refuses(Kind.COMMITMENT, key, context, changed(sealed, MessageKey.SALT_BYTES));
        refuses(Kind.TAG, key, context, changed(sealed, Cobblestone.HEADER_BYTES));
        refuses(Kind.TAG, key, context, changed(sealed, sealed.length - 1));
        refuses(Kind.TAG, key, context, Arrays.copyOf(sealed, sealed.length - 1));
        refuses(Kind.FORMAT, key, context, Arrays.copyOf(sealed, 60));
        refuses(Kind.COMMITMENT, other, context, sealed);
        refuses(Kind.COMMITMENT, key, context("elsewhere"), sealed);
        assertThat(session.open(key, context, sealed)).isEqualTo(plaintext);
    }

    @Test
    void does_not_work_under_a_key_that_is_closed() {
        byte[] sealed = session.seal(key, context("place"), new byte[5]);
        key.close();
        assertThatThrownBy(() -> session.open(key, context("place"), sealed)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.seal(key, context("place"), new byte[5]))
                .isInstanceOf(IllegalStateException.class);
    }

    private void refuses(Kind kind, SecretBytes under, byte[] context, byte[] sealed) {
        byte[] plaintext = new byte[20_000];
        Arrays.fill(plaintext, (byte) 1);
        assertThatThrownBy(() -> session.open(under, context, sealed, 0, sealed.length, plaintext))
                .isInstanceOfSatisfying(
                        EnvelopeException.class, e -> assertThat(e.kind()).isEqualTo(kind));
        if (kind != Kind.FORMAT) {
            assertThat(plaintext).containsOnly(0);
        }
    }

    private static byte[] changed(byte[] sealed, int at) {
        byte[] changed = sealed.clone();
        changed[at] ^= 1;
        return changed;
    }

    private static byte[] context(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
