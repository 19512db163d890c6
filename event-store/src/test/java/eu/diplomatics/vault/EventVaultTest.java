package eu.diplomatics.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.UnknownEventTypeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The event vault (L2.4)")
class EventVaultTest {
    private static final EventMetadata METADATA = new EventMetadata("supplier:kuleuven", "api", "", "c-1");
    private static final QualificationRegistered REGISTERED =
            new QualificationRegistered("kuleuven", "A-1", Examples.master(), Examples.derived(), List.of());

    private final FakeKeys keys = new FakeKeys();
    private final EventVault vault = new EventVault(keys, new EventSealer(), new EventCodec());
    private final UUID holder = UUID.randomUUID();
    private final UUID stream = UUID.randomUUID();

    @Test
    void opens_in_order_what_it_sealed_with_one_fetch_of_keys_and_closes_them() {
        List<StoredEvent> events = List.of(
                stored(1, holder, 1, new HolderIdentified(Examples.holder(1)), 1),
                stored(2, stream, 1, REGISTERED, 1),
                stored(3, stream, 2, new QualificationAnnulled("FRAUD"), 1));
        keys.reset();
        assertThat(vault.open(events))
                .extracting(OpenedEvent::event)
                .containsExactly(
                        new HolderIdentified(Examples.holder(1)), REGISTERED, new QualificationAnnulled("FRAUD"));
        assertThat(keys.fetches).isEqualTo(1);
        assertThat(keys.handedOut).hasSize(2).allMatch(EventVaultTest::isClosed);
    }

    @Test
    void tells_what_was_shredded_from_what_it_opens() {
        StoredEvent identity = stored(1, holder, 1, new HolderIdentified(Examples.holder(1)), 1);
        StoredEvent registered = stored(2, stream, 1, REGISTERED, 1);
        keys.shred(holder);
        assertThat(vault.openEach(List.of(identity, registered)))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new Opening.Shredded(identity)),
                        second -> assertThat(second).isInstanceOf(Opening.Opened.class));
        assertThat(vault.open(List.of(identity, registered)))
                .extracting(OpenedEvent::event)
                .containsExactly(REGISTERED);
    }

    @Test
    void opens_events_of_several_key_generations() {
        List<StoredEvent> events =
                List.of(stored(1, stream, 1, REGISTERED, 1), stored(2, stream, 2, new QualificationAnnulled("X"), 2));
        assertThat(vault.open(events)).hasSize(2);
    }

    @Test
    void does_not_open_an_event_under_another_holders_header() {
        StoredEvent event = stored(7, stream, 1, REGISTERED, 1);
        StoredEvent moved = new StoredEvent(
                event.position(),
                event.recordedAt(),
                event.context(),
                UUID.randomUUID(),
                event.command(),
                event.commitment(),
                event.leaf(),
                event.keyGeneration(),
                event.ciphertext());
        keys.reset();
        assertThatThrownBy(() -> vault.open(List.of(moved)))
                .isInstanceOfSatisfying(
                        HolderMismatchException.class,
                        e -> assertThat(e.position()).isEqualTo(7));
        assertThat(keys.handedOut).isNotEmpty().allMatch(EventVaultTest::isClosed);
    }

    @Test
    void does_not_open_an_event_moved_to_another_stream_version_or_type() {
        StoredEvent event = stored(1, stream, 1, REGISTERED, 1);
        UUID other = UUID.randomUUID();
        for (EventContext context : List.of(
                new EventContext(stream, 2, "QualificationRegistered", 1),
                new EventContext(stream, 1, "QualificationCorrected", 1),
                new EventContext(stream, 1, "QualificationRegistered", 2),
                new EventContext(other, 1, "QualificationRegistered", 1))) {
            keys.key(context.stream(), 1);
            StoredEvent moved = new StoredEvent(
                    1,
                    event.recordedAt(),
                    context,
                    holder,
                    event.command(),
                    event.commitment(),
                    Leaf.of(1, event.recordedAt(), context, event.commitment()),
                    1,
                    event.ciphertext());
            assertThatThrownBy(() -> vault.open(List.of(moved))).isInstanceOf(SealBrokenException.class);
        }
    }

    @Test
    void says_that_it_does_not_know_a_later_programs_event() {
        UUID later = UUID.randomUUID();
        byte[] body = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (DataKey key = keys.key(later, 1)) {
            SealedEvent sealed = new EventSealer()
                    .seal(new EventContext(later, 1, "QualificationPraised", 1), holder, body, key, List.of(), false);
            assertThatThrownBy(() -> vault.open(List.of(stored(1, sealed))))
                    .isInstanceOf(UnknownEventTypeException.class);
        }
    }

    @Test
    void seals_nothing_without_a_key() {
        assertThatThrownBy(() -> vault.seal(stream, 1, holder, REGISTERED, METADATA, null, List.of(), false))
                .isInstanceOf(KeysUnavailableException.class);
    }

    private StoredEvent stored(long position, UUID of, long version, DomainEvent event, int generation) {
        try (DataKey key = keys.key(of, generation)) {
            return stored(position, vault.seal(of, version, holder, event, METADATA, key, List.of(), false));
        }
    }

    private static StoredEvent stored(long position, SealedEvent sealed) {
        return new StoredEvent(
                position,
                Instant.EPOCH,
                sealed.context(),
                sealed.holder(),
                UUID.randomUUID(),
                sealed.commitment(),
                Leaf.of(position, Instant.EPOCH, sealed.context(), sealed.commitment()),
                sealed.keyGeneration(),
                sealed.ciphertext());
    }

    private static boolean isClosed(DataKey key) {
        try {
            key.key().reveal();
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }

    /** Keys in memory, handed out as copies. */
    private static final class FakeKeys implements EventVault.Keys {
        private final Map<String, byte[]> secrets = new HashMap<>();
        private final List<DataKey> handedOut = new ArrayList<>();
        private int fetches;

        DataKey key(UUID id, int generation) {
            byte[] secret = secrets.computeIfAbsent(id + "/" + generation, k -> {
                try (SecretBytes random = SecretBytes.random(32)) {
                    return random.reveal().clone();
                }
            });
            return new DataKey(id, generation, KeyRegime.STATUTORY, SecretBytes.copyOf(secret));
        }

        void shred(UUID id) {
            secrets.keySet().removeIf(name -> name.startsWith(id.toString()));
        }

        void reset() {
            handedOut.clear();
            fetches = 0;
        }

        @Override
        public Map<UUID, DataKey> open(Collection<UUID> streams, int generation) {
            fetches++;
            Map<UUID, DataKey> found = new HashMap<>();
            for (UUID id : streams) {
                if (secrets.containsKey(id + "/" + generation)) {
                    DataKey key = key(id, generation);
                    handedOut.add(key);
                    found.put(id, key);
                }
            }
            return found;
        }
    }
}
