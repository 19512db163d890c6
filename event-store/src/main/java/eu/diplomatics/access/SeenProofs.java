package eu.diplomatics.access;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The proofs of possession that were used, for as long as they could be used again. It forgets nothing before its time:
 * when it is full, it says so. One for each running service: a proof is for one address and a minute.
 */
final class SeenProofs {
    private final Duration window;
    private final int capacity;
    private Set<String> current = new HashSet<>();
    private Set<String> before = Set.of();
    private Instant turned = Instant.EPOCH;

    enum Answer {
        FIRST,
        SEEN,
        FULL
    }

    /**
     * @param window how long after its first use a proof might still be accepted
     * @param capacity of two windows together
     */
    SeenProofs(Duration window, int capacity) {
        this.window = window;
        this.capacity = capacity;
    }

    synchronized Answer use(String proof, Instant now) {
        if (!now.isBefore(turned.plus(window.multipliedBy(2)))) {
            before = Set.of();
            current = new HashSet<>();
            turned = now;
        } else if (!now.isBefore(turned.plus(window))) {
            before = current;
            current = new HashSet<>();
            turned = now;
        }
        if (current.contains(proof) || before.contains(proof)) {
            return Answer.SEEN;
        }
        if (current.size() + before.size() >= capacity) {
            return Answer.FULL;
        }
        current.add(proof);
        return Answer.FIRST;
    }
}
