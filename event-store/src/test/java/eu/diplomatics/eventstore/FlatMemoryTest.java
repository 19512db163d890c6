package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Memory of writer and reader")
class FlatMemoryTest {
    private static final int EVENTS = 10_000;
    private static final int PAGE = 1_000;
    /** What the events between the two looks have as ciphertexts alone is more than three times as much. */
    private static final long ALLOWED_BYTES = 5 << 20;

    @Test
    void does_not_grow_with_the_log() {
        try (EventStoreFixture store = EventStoreFixture.create();
                PostgresEventLog log = store.openLog()) {
            PostgresEventReader reader = store.openReader();
            append(log, EVENTS);
            assertThat(read(reader)).isEqualTo(EVENTS);
            long first = usedBytes();
            append(log, 3 * EVENTS);
            assertThat(read(reader)).isEqualTo(4 * EVENTS);
            assertThat(usedBytes() - first).isLessThan(ALLOWED_BYTES);
        }
    }

    private static void append(EventLog log, int events) {
        for (int i = 0; i < events; i += PAGE) {
            List<AppendUnit> units = new ArrayList<>(PAGE);
            for (int j = 0; j < PAGE; j++) {
                units.add(Units.claiming(Units.tag(UUID.randomUUID().toString())));
            }
            for (CompletableFuture<AppendOutcome> future : log.append(units)) {
                assertThat(Units.outcome(future)).isInstanceOf(AppendOutcome.Appended.class);
            }
        }
    }

    private static int read(EventReader reader) {
        int count = 0;
        List<StoredEvent> page = reader.after(0, PAGE);
        while (!page.isEmpty()) {
            count += page.size();
            page = reader.after(page.getLast().position(), PAGE);
        }
        return count;
    }

    /** What is in use once nothing more is collected. */
    private static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
