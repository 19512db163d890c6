package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.keyring.DataKey;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventResealerTest {
    private static final UUID STREAM = UUID.randomUUID();

    private final EventResealer resealer = new EventResealer();
    private final DataKey old = TestEvents.dataKey(STREAM, 1);
    private final DataKey fresh = TestEvents.dataKey(STREAM, 2);
    private final EventContext context = TestEvents.context(STREAM, 2);

    @AfterEach
    void close() {
        resealer.close();
        old.close();
        fresh.close();
    }

    @Test
    void writes_where_it_is_told_to_what_opens_to_the_same_body_large_and_small_in_turn() {
        Random random = new Random(5);
        for (int size : new int[] {40, 20_000, 0, 700, 16_384 - 36, 476, 477, EventSealer.MAX_BODY_BYTES, 3}) {
            byte[] body = TestEvents.randomBytes(random, size);
            StoredEvent event = TestEvents.stored(TestEvents.sealed(context, body, old), 7);
            int length = EventResealer.lengthOf(event);
            byte[] out = new byte[length + 30];
            resealer.reseal(event, old, fresh, out, 10);

            byte[] sealed = Arrays.copyOfRange(out, 10, 10 + length);
            assertThat(sealed).isNotEqualTo(event.ciphertext());
            assertThat(new EventSealer().open(with(event, 2, sealed), fresh)).isEqualTo(body);
            assertThat(Arrays.copyOf(out, 10)).containsOnly(0);
            assertThat(Arrays.copyOfRange(out, 10 + length, out.length)).containsOnly(0);
        }
    }

    @Test
    void seals_the_same_event_differently_each_time() {
        StoredEvent event = event();
        byte[] out = new byte[2 * EventResealer.lengthOf(event)];
        resealer.reseal(event, old, fresh, out, 0);
        resealer.reseal(event, old, fresh, out, out.length / 2);
        assertThat(Arrays.copyOf(out, out.length / 2))
                .isNotEqualTo(Arrays.copyOfRange(out, out.length / 2, out.length));
    }

    @Test
    void refuses_what_does_not_open_as_the_event_it_is_said_to_be_and_goes_on_with_the_next() {
        StoredEvent event = event();
        byte[] out = new byte[2 * EventResealer.lengthOf(event)];
        for (int at : new int[] {0, 30, 56, 200, event.ciphertext().length - 1}) {
            byte[] changed = event.ciphertext().clone();
            changed[at] ^= 1;
            assertBroken(with(event, 1, changed), old);
        }
        assertBroken(with(event, 1, new byte[0]), old);
        assertBroken(with(event, 1, StoredEvent.leftOut()), old);
        byte[] dirty = new byte[512];
        dirty[511] = 1;
        assertBroken(with(event, 1, sealed(dirty)), old);
        assertBroken(with(event, 1, sealed(new byte[512])), old);
        assertBroken(with(event, 2, event.ciphertext()), old);
        try (DataKey other = TestEvents.dataKey(STREAM, 1)) {
            assertBroken(event, other);
        }
        resealer.reseal(event, old, fresh, out, 0);
    }

    @Test
    void refuses_a_new_key_of_another_stream_or_of_the_same_generation() {
        StoredEvent event = event();
        byte[] out = new byte[EventResealer.lengthOf(event)];
        try (DataKey foreign = TestEvents.dataKey(UUID.randomUUID(), 2);
                DataKey same = TestEvents.dataKey(STREAM, 1)) {
            for (DataKey wrong : new DataKey[] {foreign, same, old}) {
                assertThatThrownBy(() -> resealer.reseal(event, old, wrong, out, 0))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    private StoredEvent event() {
        return TestEvents.stored(TestEvents.sealed(context, new byte[300], old), 7);
    }

    private byte[] sealed(byte[] plaintext) {
        return Cobblestone.seal(old.key(), ContextEncoding.forEnvelope(context, 1), plaintext);
    }

    private void assertBroken(StoredEvent broken, DataKey under) {
        byte[] out = new byte[2048];
        assertThatThrownBy(() -> resealer.reseal(broken, under, fresh, out, 0))
                .isInstanceOfSatisfying(
                        SealBrokenException.class, e -> assertThat(e.position()).isEqualTo(broken.position()));
    }

    private static StoredEvent with(StoredEvent event, int generation, byte[] ciphertext) {
        return new StoredEvent(
                event.position(),
                event.recordedAt(),
                event.context(),
                event.holder(),
                event.command(),
                event.commitment(),
                event.leaf(),
                generation,
                ciphertext);
    }
}
