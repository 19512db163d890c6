package eu.diplomatics.eventstore;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of the topics that carry the log: one for each generation of data keys, so that none keeps an old ciphertext. */
public final class EventTopics {
    private static final String FIRST = ".1";
    /** Of another incarnation than the first. */
    private static final Pattern LATER = Pattern.compile("(.+)\\.(?:[2-9]|[1-9]\\d{1,8})\\.([1-9]\\d{0,8})");

    private EventTopics() {}

    /**
     * The first generation's topic of an incarnation, to be given to {@link #name}: what an incarnation lost may stand in
     * the topics of the one before.
     *
     * @param first that of the first incarnation
     */
    public static String first(String first, int incarnation) {
        if (incarnation == 1) {
            return first;
        }
        return base(first) + "." + incarnation + FIRST;
    }

    private static String base(String first) {
        String both = FIRST + FIRST;
        return first.endsWith(both) ? first.substring(0, first.length() - both.length()) : first;
    }

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

    /** The generation whose topic, of any incarnation, has this name; empty when it is no topic of this log. */
    public static OptionalInt generation(String first, String name) {
        if (name.equals(first)) {
            return OptionalInt.of(1);
        }
        Matcher later = LATER.matcher(name);
        if (later.matches() && later.group(1).equals(base(first))) {
            return OptionalInt.of(Integer.parseInt(later.group(2)));
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
