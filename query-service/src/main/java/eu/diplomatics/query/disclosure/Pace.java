package eu.diplomatics.query.disclosure;

import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Lets an answer go at whole steps only, so that its time does not tell what was found for it, or how much was looked through. */
@Component
final class Pace {
    private final long stepNanos;

    @Autowired
    Pace(@Value("${diplomatics.accesslog.pace:100ms}") Duration step) {
        this.stepNanos = step.toNanos();
    }

    /** How long is left of the step that this time lies in. */
    Duration left(long sinceNanos) {
        return stepNanos == 0 ? Duration.ZERO : Duration.ofNanos(stepNanos - sinceNanos % stepNanos);
    }

    /** What is asked, answer or refusal, at the end of a step. */
    <T> T keep(Supplier<T> asked) {
        long started = System.nanoTime();
        try {
            return asked.get();
        } finally {
            hold(started);
        }
    }

    /** @param started by {@link System#nanoTime()} */
    void hold(long started) {
        try {
            Thread.sleep(left(System.nanoTime() - started));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
