package eu.diplomatics.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Examples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A replay")
class ReplayTest {
    private static final UUID HOLDER = UUID.randomUUID();
    private static final byte[] SECRET = new byte[32];

    private final EventVault vault = new EventVault(
            (streams, generation) -> {
                Map<UUID, DataKey> keys = new HashMap<>();
                streams.forEach(stream -> keys.put(stream, key()));
                return keys;
            },
            new EventSealer(),
            new EventCodec());
    private final List<Long> asked = new ArrayList<>();

    private static DataKey key() {
        return new DataKey(HOLDER, 1, KeyRegime.ERASABLE, SecretBytes.copyOf(SECRET));
    }

    /** A log of so many events, read in pages of seven. */
    private Replay replay(int events) {
        return new Replay(
                (position, limit) -> {
                    asked.add(position);
                    return LongStream.rangeClosed(position + 1, Math.min(events, position + 7))
                            .mapToObj(this::stored)
                            .toList();
                },
                vault);
    }

    private StoredEvent stored(long position) {
        HolderIdentified event = new HolderIdentified(Examples.holder(1));
        EventMetadata metadata = new EventMetadata("supplier:kuleuven", "api", "", "c-" + position);
        try (DataKey key = key()) {
            SealedEvent sealed = vault.seal(HOLDER, position, HOLDER, event, metadata, key, List.of(), false);
            return new StoredEvent(
                    position,
                    Instant.EPOCH,
                    sealed.context(),
                    sealed.holder(),
                    UUID.randomUUID(),
                    sealed.commitment(),
                    Leaf.of(position, Instant.EPOCH, sealed.context(), sealed.commitment()),
                    1,
                    sealed.ciphertext());
        }
    }

    private static long position(Opening opening) {
        return switch (opening) {
            case Opening.Opened(OpenedEvent event) -> event.stored().position();
            case Opening.Shredded(StoredEvent stored) -> stored.position();
        };
    }

    @Test
    void hands_over_every_event_after_a_position_once_and_in_order() throws InterruptedException {
        List<Long> seen = new ArrayList<>();
        assertThat(replay(100).run(3, opening -> seen.add(position(opening)))).isEqualTo(100);
        assertThat(seen)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(4, 100).boxed().toList());
    }

    @Test
    void of_an_empty_log_hands_over_nothing() throws InterruptedException {
        assertThat(replay(0).run(0, opening -> {
                    throw new AssertionError();
                }))
                .isZero();
    }

    @Test
    void reads_no_more_than_a_few_pages_ahead_of_whoever_takes_them() throws InterruptedException {
        List<Long> furthest = new ArrayList<>();
        replay(700).run(0, opening -> furthest.add(asked.getLast() - position(opening)));
        assertThat(furthest).allMatch(distance -> distance < 3 * 7);
    }

    @Test
    void ends_with_the_failure_of_whoever_takes_the_events() {
        assertThatThrownBy(() -> replay(100).run(0, opening -> {
                    throw new KeysUnavailableException("enough");
                }))
                .isInstanceOf(KeysUnavailableException.class);
        assertThat(asked).as("nothing is read after it").hasSizeLessThan(5);
    }
}
