package eu.diplomatics.query.disclosure;

import java.time.Duration;

/** Lets an answer go at whole steps only, so that its time does not tell what was found for it, or how much was looked through. */
final class Pace {
    private final long stepNanos;

    /** @param step zero for none */
    Pace(Duration step) {
        this.stepNanos = step.toNanos();
    }

    /** How long is left of the step that this time lies in. */
    Duration left(long sinceNanos) {
        return stepNanos == 0 ? Duration.ZERO : Duration.ofNanos(stepNanos - sinceNanos % stepNanos);
    }

    /** From now until it is closed; what is asked meanwhile is answered, or refused, at the end of a step. */
    Held hold() {
        return new Held(System.nanoTime());
    }

    /** Closing waits for the end of the step. */
    final class Held implements AutoCloseable {
        private final long started;

        private Held(long started) {
            this.started = started;
        }

        @Override
        public void close() {
            try {
                Thread.sleep(left(System.nanoTime() - started));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
