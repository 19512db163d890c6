package eu.diplomatics.eventstore;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Events as the log would store them, without a log. */
final class TestEvents {
    static final Instant RECORDED_AT = Instant.parse("2026-11-22T06:00:00.123456Z");

    private TestEvents() {}

    static EventContext context(UUID stream, long version) {
        return new EventContext(stream, version, "QualificationRegistered", 1);
    }

    static DataKey dataKey(UUID stream, int generation) {
        return new DataKey(stream, generation, KeyRegime.STATUTORY, SecretBytes.random(32));
    }

    static SealedEvent sealed(EventContext context, byte[] body, DataKey key) {
        return new EventSealer().seal(context, UUID.randomUUID(), body, key, List.of(), false);
    }

    /** What the database makes of a sealed event. */
    static StoredEvent stored(SealedEvent event, long position) {
        return new StoredEvent(
                position,
                RECORDED_AT,
                event.context(),
                event.holder(),
                UUID.randomUUID(),
                event.commitment(),
                Leaf.of(position, RECORDED_AT, event.context(), event.commitment()),
                event.keyGeneration(),
                event.ciphertext());
    }

    static byte[] randomBytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
