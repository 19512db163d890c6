package eu.diplomatics.quickstart.bench;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.ReferenceTags;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Registrations as a service makes them, from the event's body on: a data key of its own, sealed, its reference claimed.
 * Wrapping keys and the rules of the domain are measured elsewhere.
 */
final class OurAppends {
    static final int BODY_BYTES = 800;

    private static final int ROWS_PER_COMMAND = 500;
    private static final int BULK_CALLERS = 2;
    private static final int COMMANDS_IN_FLIGHT = 4;

    private final EventLog log;
    private final EventSealer sealer = new EventSealer();
    private final SecretBytes referenceKey = SecretBytes.random(32);
    private final byte[] body = new byte[BODY_BYTES];

    OurAppends(EventLog log) {
        this.log = log;
        new SecureRandom().nextBytes(body);
    }

    /** Commands of 500 rows, some in flight. */
    double bulk(Duration duration) throws Exception {
        return rate(BULK_CALLERS, duration, until -> {
            Deque<List<CompletableFuture<AppendOutcome>>> inFlight = new ArrayDeque<>();
            long done = 0;
            while (System.nanoTime() < until) {
                List<AppendUnit> units = new ArrayList<>(ROWS_PER_COMMAND);
                for (int i = 0; i < ROWS_PER_COMMAND; i++) {
                    units.add(registration());
                }
                inFlight.add(log.append(units));
                if (inFlight.size() == COMMANDS_IN_FLIGHT) {
                    done += await(inFlight.remove());
                }
            }
            while (!inFlight.isEmpty()) {
                done += await(inFlight.remove());
            }
            return done;
        });
    }

    /** Each caller one registration after the other. */
    double single(int callers, Duration duration) throws Exception {
        return rate(callers, duration, until -> {
            long done = 0;
            while (System.nanoTime() < until) {
                done += await(log.append(List.of(registration())));
            }
            return done;
        });
    }

    private AppendUnit registration() {
        UUID stream = UUID.randomUUID();
        UUID command = UUID.randomUUID();
        Tag reference = ReferenceTags.of(referenceKey, "bench", command.toString());
        try (DataKey key = new DataKey(stream, 1, KeyRegime.STATUTORY, SecretBytes.random(32))) {
            return new AppendUnit(
                    command,
                    List.of(sealer.seal(
                            new EventContext(stream, 1, "QualificationRegistered", 1),
                            UUID.randomUUID(),
                            body,
                            key,
                            List.of(reference),
                            false)),
                    List.of(Condition.unclaimed(reference)));
        }
    }

    private static long await(List<CompletableFuture<AppendOutcome>> futures) {
        for (CompletableFuture<AppendOutcome> future : futures) {
            if (!(future.join() instanceof AppendOutcome.Appended)) {
                throw new IllegalStateException("a registration was not appended");
            }
        }
        return futures.size();
    }

    interface Work {
        /** Works until then and tells how much was done. */
        long until(long nanoTime) throws Exception;
    }

    static double rate(int callers, Duration duration, Work work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            long start = System.nanoTime();
            long until = start + duration.toNanos();
            List<Future<Long>> parts = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                parts.add(threads.submit(() -> work.until(until)));
            }
            long done = 0;
            for (Future<Long> part : parts) {
                done += part.get();
            }
            return done * 1e9 / (System.nanoTime() - start);
        }
    }
}
