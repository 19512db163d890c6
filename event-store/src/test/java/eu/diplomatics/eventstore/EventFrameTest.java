package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.FrameException.Reason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventFrameTest {
    private static final int LENGTH_OF_TYPE_AT = 2 + 8 + 8 + 16 + 8;

    @Test
    void every_event_comes_back_as_it_was() {
        Random random = new Random(21);
        for (int i = 0; i < 500; i++) {
            StoredEvent event = randomEvent(random);
            byte[] frame = EventFrame.encode(event);
            assertThat(EventFrame.decode(frame)).usingRecursiveComparison().isEqualTo(event);
            assertThat(EventFrame.encode(EventFrame.decode(frame))).isEqualTo(frame);
        }
    }

    @Test
    void a_frame_cut_anywhere_is_truncated() {
        byte[] frame = EventFrame.encode(randomEvent(new Random(22)));
        for (int length = 0; length < frame.length; length++) {
            assertRefused(Reason.TRUNCATED, Arrays.copyOf(frame, length));
        }
    }

    @Test
    void bytes_behind_the_frame_are_refused() {
        byte[] frame = EventFrame.encode(randomEvent(new Random(23)));
        assertRefused(Reason.TRAILING_BYTES, Arrays.copyOf(frame, frame.length + 1));
    }

    @Test
    void another_first_byte_or_version_is_refused() {
        for (int at = 0; at < 2; at++) {
            byte[] frame = EventFrame.encode(randomEvent(new Random(24)));
            frame[at]++;
            assertRefused(Reason.VERSION, frame);
        }
    }

    @Test
    void a_change_of_anything_the_leaf_covers_is_refused() {
        Random random = new Random(25);
        for (int i = 0; i < 500; i++) {
            StoredEvent event = randomEvent(random);
            byte[] frame = EventFrame.encode(event);
            int type = event.context().type().length();
            // position to type version, then commitment and leaf
            int[] covered = {
                2 + random.nextInt(LENGTH_OF_TYPE_AT - 2 + 4 + type + 4), commitmentAt(type) + random.nextInt(64)
            };
            for (int at : covered) {
                byte[] changed = frame.clone();
                changed[at] ^= (byte) (1 << random.nextInt(8));
                assertThatThrownBy(() -> EventFrame.decode(changed)).isInstanceOf(FrameException.class);
            }
        }
    }

    @Test
    void garbage_never_does_more_than_be_refused() {
        Random random = new Random(26);
        for (int i = 0; i < 5_000; i++) {
            byte[] garbage = TestEvents.randomBytes(random, random.nextInt(600));
            if (garbage.length > 2) {
                garbage[0] = 'D';
                garbage[1] = 1;
            }
            assertThatThrownBy(() -> EventFrame.decode(garbage)).isInstanceOf(FrameException.class);
        }
    }

    @Test
    void lengths_and_numbers_out_of_bounds_are_refused_before_anything_is_reserved() {
        StoredEvent event = randomEvent(new Random(27));
        int type = event.context().type().length();
        byte[] frame = EventFrame.encode(event);
        for (int length : new int[] {-1, 0, EventFrame.MAX_TYPE_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertRefused(Reason.MALFORMED, withInt(frame, LENGTH_OF_TYPE_AT, length));
        }
        int generationAt = commitmentAt(type) + 64;
        for (int length : new int[] {-1, EventFrame.MAX_CIPHERTEXT_BYTES + 1, Integer.MAX_VALUE}) {
            assertRefused(Reason.MALFORMED, withInt(frame, generationAt + 4, length));
        }
        assertRefused(Reason.MALFORMED, withInt(frame, generationAt, 0));
        assertRefused(Reason.MALFORMED, withInt(frame, LENGTH_OF_TYPE_AT + 4 + type, 0));
        assertRefused(
                Reason.MALFORMED, ByteBuffer.wrap(frame.clone()).putLong(2, 0).array());
        assertRefused(
                Reason.MALFORMED, ByteBuffer.wrap(frame.clone()).putLong(2, -5).array());
    }

    @Test
    void a_type_that_is_no_utf_8_is_refused() {
        byte[] frame = EventFrame.encode(randomEvent(new Random(28)));
        frame[LENGTH_OF_TYPE_AT + 4] = (byte) 0xc0;
        assertRefused(Reason.MALFORMED, frame);
    }

    @Test
    void an_event_that_would_not_decode_is_not_encoded() {
        StoredEvent event = randomEvent(new Random(29));
        assertThatThrownBy(() -> EventFrame.encode(with(event, new byte[EventFrame.MAX_CIPHERTEXT_BYTES + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(EventFrame.encode(with(event, new byte[EventFrame.MAX_CIPHERTEXT_BYTES])))
                .hasSizeLessThan(1024 * 1024);
    }

    private static int commitmentAt(int typeLength) {
        return LENGTH_OF_TYPE_AT + 4 + typeLength + 4 + 16 + 16;
    }

    private static byte[] withInt(byte[] frame, int at, int value) {
        return ByteBuffer.wrap(frame.clone()).putInt(at, value).array();
    }

    private static void assertRefused(Reason reason, byte[] frame) {
        assertThatThrownBy(() -> EventFrame.decode(frame))
                .isInstanceOfSatisfying(
                        FrameException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static StoredEvent with(StoredEvent event, byte[] ciphertext) {
        return new StoredEvent(
                event.position(),
                event.recordedAt(),
                event.context(),
                event.holder(),
                event.command(),
                event.commitment(),
                event.leaf(),
                event.keyGeneration(),
                ciphertext);
    }

    private static StoredEvent randomEvent(Random random) {
        String type = "Type" + "x".repeat(random.nextInt(EventFrame.MAX_TYPE_BYTES - 4));
        EventContext context = new EventContext(
                randomId(random), 1 + random.nextLong(Long.MAX_VALUE - 1), type, 1 + random.nextInt(1000));
        long position = 1 + random.nextLong(Long.MAX_VALUE - 1);
        Instant recordedAt = Instant.EPOCH.plus(random.nextLong(), ChronoUnit.MICROS);
        byte[] commitment = TestEvents.randomBytes(random, 32);
        return new StoredEvent(
                position,
                recordedAt,
                context,
                randomId(random),
                randomId(random),
                commitment,
                Leaf.of(position, recordedAt, context, commitment),
                1 + random.nextInt(Integer.MAX_VALUE),
                TestEvents.randomBytes(random, random.nextInt(5000)));
    }

    private static UUID randomId(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
