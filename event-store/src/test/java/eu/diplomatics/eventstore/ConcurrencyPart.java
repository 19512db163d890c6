package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What many callers at once and a reader beside them see. */
abstract class ConcurrencyPart extends EventLogPart {
    ConcurrencyPart(EventLogSuite suite) {
        super(suite);
    }

    @Test
    void positionsStayContiguousTimeNeverRunsBackAndReadersNeverSeeAGap() throws Exception {
        int threads = 16;
        int each = 60;
        AtomicLong seen = new AtomicLong();
        List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
        try (var callers = Executors.newFixedThreadPool(threads + 1)) {
            var tail = callers.submit(() -> {
                Instant last = Instant.EPOCH;
                while (seen.get() < threads * each) {
                    for (StoredEvent event : reader.after(seen.get(), 100)) {
                        assertThat(event.position()).isEqualTo(seen.incrementAndGet());
                        assertThat(event.recordedAt()).isAfterOrEqualTo(last);
                        last = event.recordedAt();
                    }
                }
                return null;
            });
            List<Future<?>> appends = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                appends.add(callers.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        acknowledged.add(places(append(log, unit(event(UUID.randomUUID(), 1)))
                                        .getFirst())
                                .getFirst()
                                .position());
                    }
                    return null;
                }));
            }
            for (var done : appends) {
                done.get(60, TimeUnit.SECONDS);
            }
            tail.get(60, TimeUnit.SECONDS);
        }
        assertThat(acknowledged)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, threads * each).boxed().toList());
    }
}
