package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;

/** Records that no relay of ours would send, and what tests of the projection ask and wait for. */
final class Deliveries {
    private static final String COPIES = """
            SELECT concat_ws('|', position, stream, version, holder, encode(leaf, 'hex'), md5(ciphertext))
              FROM projection.event ORDER BY position
            """;

    private static final AtomicInteger PERSON = new AtomicInteger(1_000);

    private Deliveries() {}

    /** Somebody of whom no other test knows. */
    static Insz person() {
        return Examples.insz(PERSON.incrementAndGet());
    }

    static Map<String, byte[]> headers(StoredEvent event) {
        return Map.of(
                "stream", TestRelay.bytes(event.context().stream()),
                "position", ByteBuffer.allocate(8).putLong(event.position()).array());
    }

    /** The event with another context, under a leaf that fits it. */
    static StoredEvent with(StoredEvent event, EventContext context) {
        return new StoredEvent(
                event.position(),
                event.recordedAt(),
                context,
                event.holder(),
                event.command(),
                event.commitment(),
                Leaf.of(event.position(), event.recordedAt(), context, event.commitment()),
                event.keyGeneration(),
                event.ciphertext());
    }

    /** The event under another holder, whom no leaf covers. */
    static StoredEvent with(StoredEvent event, UUID holder) {
        return new StoredEvent(
                event.position(),
                event.recordedAt(),
                event.context(),
                holder,
                event.command(),
                event.commitment(),
                event.leaf(),
                event.keyGeneration(),
                event.ciphertext());
    }

    static StoredEvent event(QueryFixture fixture, UUID stream, int version) {
        return fixture.store().stream(stream).get(version - 1);
    }

    /** Waits until every event of the store stands in the projection exactly once, with its leaf and its bytes. */
    static void awaitSame(QueryFixture fixture) {
        List<String> originals =
                fixture.store().after(0, 100_000).stream().map(Deliveries::line).toList();
        eventually()
                .untilAsserted(() ->
                        assertThat(fixture.strings(Database.QUERY, COPIES)).isEqualTo(originals));
    }

    private static String line(StoredEvent event) {
        HexFormat hex = HexFormat.of();
        try {
            return String.join(
                    "|",
                    Long.toString(event.position()),
                    event.context().stream().toString(),
                    Long.toString(event.context().version()),
                    event.holder().toString(),
                    hex.formatHex(event.leaf()),
                    hex.formatHex(MessageDigest.getInstance("MD5").digest(event.ciphertext())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static void awaitNothingParked(RunningQuery query) {
        eventually().until(() -> query.standing().path("parked").asLong(-1) == 0);
    }

    /** For what has to come, and says nothing about how soon: ten seconds by default are few where all is slow. */
    static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60));
    }

    /** Waits until events come by Kafka and no longer from the store. */
    static void awaitConsuming(RunningQuery query) {
        eventually().until(() -> query.standing().path("projector").asString().equals("CONSUMING"));
    }

    static void awaitProjected(RunningQuery query, long position) {
        eventually()
                .until(() -> query.standing().path("projected").path("position").asLong() >= position);
    }

    /** Headers of a question about what stands here, once it is: how long a caller is made to wait is not for ever. */
    static String[] after(RunningQuery query, long position) {
        awaitProjected(query, position);
        return new String[] {"X-Min-Position", Long.toString(position)};
    }

    static long versionAnswered(RunningQuery query, Registered registered) {
        return query.read("/v1/qualifications/" + registered.reference())
                .json()
                .path("version")
                .asLong();
    }

    /** How many streams the service's health says are parked. */
    static long setAside(RunningQuery query) {
        return query.get("/actuator/health")
                .json()
                .path("components")
                .path("projection")
                .path("details")
                .path("setAside")
                .asLong(-1);
    }
}
