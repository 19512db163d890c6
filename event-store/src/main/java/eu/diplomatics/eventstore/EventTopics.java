package eu.diplomatics.eventstore;

import java.util.OptionalInt;

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
        return stem(first) + "." + generation;
    }

    /** The generation whose topic has this name; empty when it is no topic of this log. */
    public static OptionalInt generation(String first, String name) {
        if (name.equals(first)) {
            return OptionalInt.of(1);
        }
        String stem = stem(first) + ".";
        return name.startsWith(stem) && name.substring(stem.length()).matches("[1-9]\\d{0,8}")
                ? OptionalInt.of(Integer.parseInt(name.substring(stem.length())))
                : OptionalInt.empty();
    }

    private static String stem(String first) {
        return first.endsWith(FIRST) ? first.substring(0, first.length() - FIRST.length()) : first;
    }
}
