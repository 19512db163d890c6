package eu.diplomatics.generation;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * How much of the machine a re-encryption takes. At the full pace it reads, seals and writes at once, as fast as it can;
 * below it goes page by page, in small ones, and rests after each so long that it works for the given share of the time.
 * Whoever registers or consults meanwhile then waits for one small page at most.
 *
 * @param share of the time, above 0, at most 1
 */
public record Pace(double share) {
    public static final Pace FULL = new Pace(1);

    private static final int FULL_PAGE = 2_000;
    private static final int GENTLE_PAGE = 100;
    private static final Duration LONGEST_REST = Duration.ofSeconds(2);

    public Pace {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of the time is above 0, and at most 1");
        }
    }

    boolean isFull() {
        return share == 1;
    }

    /** Events to a page. */
    int page() {
        return isFull() ? FULL_PAGE : GENTLE_PAGE;
    }

    /** What may be left to copy while nobody can append. */
    int tail() {
        return isFull() ? FULL_PAGE / 2 : 2 * GENTLE_PAGE;
    }

    void restAfter(long workedNanos) {
        if (!isFull()) {
            LockSupport.parkNanos(Math.min(LONGEST_REST.toNanos(), (long) (workedNanos * (1 - share) / share)));
        }
    }
}
