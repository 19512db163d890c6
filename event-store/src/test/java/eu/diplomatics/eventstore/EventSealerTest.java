package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.keyring.DataKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EventSealerTest {
    private static final UUID STREAM = UUID.randomUUID();
    private static final byte[] BODY = "{\"fullName\":\"Master\"}".getBytes(StandardCharsets.UTF_8);

    private final EventSealer sealer = new EventSealer();
    private final DataKey key = TestEvents.dataKey(STREAM, 1);
    private final EventContext context = TestEvents.context(STREAM, 2);
    private final StoredEvent event = TestEvents.stored(TestEvents.sealed(context, BODY, key), 7);

    @AfterEach
    void close() {
        key.close();
    }

    @Test
    void opens_what_it_sealed() {
        assertThat(sealer.open(event, key)).isEqualTo(BODY);
    }

    @Test
    void keeps_what_it_was_given_in_the_header() {
        UUID holder = UUID.randomUUID();
        List<Tag> tags = List.of(new Tag(new byte[32]));
        SealedEvent sealed = sealer.seal(context, holder, BODY, key, tags, true);
        assertThat(sealed.context()).isEqualTo(context);
        assertThat(sealed.holder()).isEqualTo(holder);
        assertThat(sealed.tags()).isEqualTo(tags);
        assertThat(sealed.ifAbsent()).isTrue();
        assertThat(sealed.keyGeneration()).isEqualTo(1);
        assertThat(sealed.commitment()).hasSize(32);
    }

    @Test
    void opens_bodies_of_every_size_around_the_padding_classes_and_shows_the_class_only() {
        int[] classes = {512, 1024, 2048, 4096, 8192, 12288, 16384, 20480, 32768, 36864};
        for (int size : classes) {
            for (int by = -3; by <= 3; by++) {
                byte[] body = TestEvents.randomBytes(new Random(size + by), size - 36 + by);
                StoredEvent stored = TestEvents.stored(TestEvents.sealed(context, body, key), 1);
                assertThat(sealer.open(stored, key)).isEqualTo(body);
                assertThat(stored.ciphertext())
                        .hasSize((int) Cobblestone.sealedLength(Padding.paddedLength(size + by)));
            }
        }
    }

    @Test
    void opens_bodies_of_random_sizes_the_empty_and_the_largest_too() {
        Random random = new Random(11);
        int[] sizes = random.ints(100, 0, 60_000).toArray();
        sizes[0] = 0;
        sizes[1] = EventSealer.MAX_BODY_BYTES;
        for (int size : sizes) {
            byte[] body = TestEvents.randomBytes(random, size);
            assertThat(sealer.open(TestEvents.stored(TestEvents.sealed(context, body, key), 1), key))
                    .isEqualTo(body);
        }
    }

    @Test
    void refuses_to_seal_too_large_a_body_or_under_another_streams_key() {
        assertThatThrownBy(() -> TestEvents.sealed(context, new byte[EventSealer.MAX_BODY_BYTES + 1], key))
                .isInstanceOf(IllegalArgumentException.class);
        try (DataKey other = TestEvents.dataKey(UUID.randomUUID(), 1)) {
            assertThatThrownBy(() -> TestEvents.sealed(context, BODY, other))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void commits_to_the_same_body_differently_each_time() {
        assertThat(TestEvents.sealed(context, BODY, key).commitment()).isNotEqualTo(event.commitment());
    }

    /** An event moved to another stream, version or type does not open. */
    @Nested
    class Does_not_open {
        @Test
        void moved_to_another_stream() {
            UUID other = UUID.randomUUID();
            StoredEvent moved = withContext(new EventContext(other, 2, context.type(), 1));
            assertBroken(moved, key);
            // and not either when the other stream's row in the keyring was overwritten with this stream's key
            assertBroken(moved, new DataKey(other, 1, key.regime(), key.key()));
        }

        @Test
        void moved_to_another_version() {
            assertBroken(withContext(TestEvents.context(STREAM, 3)), key);
        }

        @Test
        void moved_to_another_type() {
            assertBroken(withContext(new EventContext(STREAM, 2, "QualificationAnnulled", 1)), key);
        }

        @Test
        void moved_to_another_version_of_its_type() {
            assertBroken(withContext(new EventContext(STREAM, 2, context.type(), 2)), key);
        }

        @Test
        void moved_to_another_key_generation() {
            StoredEvent moved = with(context, event.commitment(), 2, event.ciphertext());
            assertBroken(moved, key);
            assertBroken(moved, new DataKey(STREAM, 2, key.regime(), key.key()));
            assertBroken(event, new DataKey(STREAM, 2, key.regime(), key.key()));
        }

        @Test
        void with_a_swapped_commitment() {
            byte[] other = TestEvents.sealed(context, BODY, key).commitment();
            assertBroken(with(context, other, 1, event.ciphertext()), key);
        }

        @Test
        void with_a_swapped_ciphertext_of_the_same_body_in_the_same_place() {
            byte[] other = TestEvents.sealed(context, BODY, key).ciphertext();
            assertBroken(with(context, event.commitment(), 1, other), key);
        }

        @Test
        void with_any_byte_of_the_ciphertext_changed() {
            for (int at = 0; at < event.ciphertext().length; at++) {
                byte[] changed = event.ciphertext().clone();
                changed[at] ^= 4;
                assertBroken(with(context, event.commitment(), 1, changed), key);
            }
        }

        @Test
        void under_another_key() {
            try (DataKey other = TestEvents.dataKey(STREAM, 1)) {
                assertBroken(event, other);
            }
        }

        @Test
        void with_a_shifted_position_or_time() {
            assertBroken(at(8, event.recordedAt(), event.leaf()), key);
            assertBroken(at(7, event.recordedAt().minusNanos(1000), event.leaf()), key);
        }

        @Test
        void with_another_leaf() {
            assertBroken(at(7, event.recordedAt(), new byte[32]), key);
        }

        @Test
        void when_what_was_sealed_is_no_padded_body() {
            byte[] envelope = ContextEncoding.forEnvelope(context, 1);
            byte[] whole = Cobblestone.open(key.key(), envelope, event.ciphertext());
            byte[] dirtyPadding = whole.clone();
            dirtyPadding[whole.length - 1] = 1;
            byte[] negative = whole.clone();
            negative[32] = -1;
            byte[] beyond = whole.clone();
            beyond[34] = 2;
            for (byte[] plaintext :
                    List.of(new byte[0], new byte[35], Arrays.copyOf(whole, 1024), dirtyPadding, negative, beyond)) {
                byte[] ciphertext = Cobblestone.seal(key.key(), envelope, plaintext);
                assertBroken(with(context, event.commitment(), 1, ciphertext), key);
            }
        }

        private void assertBroken(StoredEvent broken, DataKey under) {
            assertThatThrownBy(() -> sealer.open(broken, under))
                    .isInstanceOfSatisfying(
                            SealBrokenException.class,
                            e -> assertThat(e.position()).isEqualTo(broken.position()));
        }

        private StoredEvent at(long position, Instant recordedAt, byte[] leaf) {
            return new StoredEvent(
                    position,
                    recordedAt,
                    context,
                    event.holder(),
                    event.command(),
                    event.commitment(),
                    leaf,
                    1,
                    event.ciphertext());
        }

        private StoredEvent withContext(EventContext moved) {
            return with(moved, event.commitment(), 1, event.ciphertext());
        }

        /** By someone who makes the leaf anew, so that it is not the leaf that gives the change away. */
        private StoredEvent with(EventContext moved, byte[] commitment, int generation, byte[] ciphertext) {
            return new StoredEvent(
                    7,
                    event.recordedAt(),
                    moved,
                    event.holder(),
                    event.command(),
                    commitment,
                    Leaf.of(7, event.recordedAt(), moved, commitment),
                    generation,
                    ciphertext);
        }
    }
}
