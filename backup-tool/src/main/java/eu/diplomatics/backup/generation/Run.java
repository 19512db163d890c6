package eu.diplomatics.backup.generation;

import java.time.Instant;
import java.util.Set;

/**
 * What an operation came to the last time it ended well: for those who watch.
 *
 * @param operation such as {@code create}
 * @param generation which one it was about
 * @param at as of when: of a tail when its snapshot was taken, of all others when it ended
 * @param millis how long it took
 * @param bytes that were written, or read
 * @param events how many are in what it was about
 */
public record Run(String type, String operation, String generation, Instant at, long millis, long bytes, long events) {
    static final String TYPE = "diplomatics backup run v1";

    public static final String CREATE = "create";
    public static final String TAIL = "tail";
    public static final String VERIFY = "verify";
    public static final String RESTORE = "restore";
    public static final String DRILL = "drill";

    /** All there are. */
    public static final Set<String> OPERATIONS = Set.of(CREATE, TAIL, VERIFY, RESTORE, DRILL);

    public Run {
        if (!OPERATIONS.contains(operation)) {
            throw new IllegalArgumentException("no operation");
        }
    }

    public Run(String operation, String generation, Instant at, long millis, long bytes, long events) {
        this(TYPE, operation, generation, at, millis, bytes, events);
    }
}
