package eu.diplomatics.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For whom somebody else asks, as the provider vouches. Who is represented is a national number, so it never prints it.
 *
 * @param represented national number of the person about whom the delegate asks
 * @param from the first moment it holds
 * @param until the first moment it no longer holds
 */
public record Delegation(Kind kind, String represented, Instant from, Instant until) {
    /** From the first day of a life to the day one comes of age. */
    static final Duration LONGEST = Duration.ofDays(6_576);

    private static final Pattern NUMBER = Pattern.compile("[0-9]{11}");
    private static final long YEAR_10000 = 253_402_300_800L;

    /** Why somebody may ask for another. */
    public enum Kind {
        /** Of a minor. */
        PARENT,
        /** By a court's decision. */
        GUARDIAN,
        /** By the person's own will. */
        PROXY
    }

    /**
     * What a token says: {@code for}, {@code kind}, and {@code from} and {@code until} in seconds since 1970. Empty when one
     * is missing or cannot be, when it lasts longer than a childhood, or when delegates would represent themselves.
     */
    static Optional<Delegation> of(Map<?, ?> claim, String delegate) {
        if (!NUMBER.matcher(delegate).matches()
                || !(claim.get("for") instanceof String represented)
                || !NUMBER.matcher(represented).matches()
                || represented.equals(delegate)) {
            return Optional.empty();
        }
        Optional<Kind> kind = Arrays.stream(Kind.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(claim.get("kind")))
                .findFirst();
        Optional<Instant> from = moment(claim.get("from"));
        Optional<Instant> until = moment(claim.get("until"));
        if (kind.isEmpty() || from.isEmpty() || until.isEmpty()) {
            return Optional.empty();
        }
        Duration length = Duration.between(from.get(), until.get());
        return length.isPositive() && length.compareTo(LONGEST) <= 0
                ? Optional.of(new Delegation(kind.get(), represented, from.get(), until.get()))
                : Optional.empty();
    }

    private static Optional<Instant> moment(@Nullable Object claim) {
        return claim instanceof Long seconds && seconds >= 0 && seconds < YEAR_10000
                ? Optional.of(Instant.ofEpochSecond(seconds))
                : Optional.empty();
    }

    boolean holdsAt(Instant moment) {
        return !moment.isBefore(from) && moment.isBefore(until);
    }

    @Override
    public String toString() {
        return "Delegation[" + kind + "]";
    }
}
