package eu.diplomatics.eventstore;

/** Names of the topics that carry the log: one for each generation of data keys, so that none keeps an old ciphertext. */
public final class EventTopics {
    private static final String FIRST = ".1";

    private EventTopics() {}

    /**
     * The topic of a generation.
     *
     * @param first the name of the first generation's, which ends with its incarnation and generation: {@code events.1.1}
     */
    public static String name(String first, int generation) {
        if (generation == 1) {
            return first;
        }
        String stem = first.endsWith(FIRST) ? first.substring(0, first.length() - FIRST.length()) : first;
        return stem + "." + generation;
    }
}
