package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.AppendQueue.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The queue of appends")
class AppendQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final AppendQueue queue = new AppendQueue(EventLogSettings.defaults());

    private static Waiting unit() {
        return Waiting.of(Units.claiming(Units.tag("q" + System.nanoTime())), new Object());
    }

    @Test
    void hands_over_a_lone_unit_at_once() throws InterruptedException {
        queue.offer(List.of(unit()));
        assertThat(queue.take(LONG, 1, 0)).hasSize(1);
    }

    @Test
    void waits_for_the_company_that_is_expected_and_no_longer() throws Exception {
        CompletableFuture<List<Waiting>> taken = new CompletableFuture<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                taken.complete(queue.take(LONG, 3, LONG.toNanos()));
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        queue.offer(List.of(unit()));
        queue.offer(List.of(unit()));
        assertThat(taken).isNotDone();
        queue.offer(List.of(unit()));
        assertThat(taken.get(60, TimeUnit.SECONDS)).hasSize(3);
        writer.join();
    }

    @Test
    void goes_on_without_the_company_that_does_not_come() throws InterruptedException {
        queue.offer(List.of(unit()));
        assertThat(queue.take(LONG, 3, 1_000_000)).hasSize(1);
    }

    @Test
    void that_is_closed_waits_for_nobody() throws InterruptedException {
        queue.offer(List.of(unit()));
        queue.close();
        assertThat(queue.take(LONG, 3, LONG.toNanos())).hasSize(1);
        assertThat(queue.take(LONG, 3, LONG.toNanos())).isEmpty();
    }
}
