package eu.diplomatics.registry;

import eu.diplomatics.registry.keys.KeyOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Counts how often the scheduler looks, so that what it does not ask for is seen without waiting for long. */
final class SchedulerLooks implements KeyOperation {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public String kind() {
        return "looks";
    }

    @Override
    public String description() {
        return "is never due";
    }

    @Override
    public boolean isDue(Instant now) {
        count.incrementAndGet();
        return false;
    }

    @Override
    public void run(Run run) {
        throw new IllegalStateException("nobody asks for it");
    }

    void awaitTwoMore(Duration atMost) {
        int until = count.get() + 2;
        Awaitility.await().atMost(atMost).until(() -> count.get() >= until);
    }
}
