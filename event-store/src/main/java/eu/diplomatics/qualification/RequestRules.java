package eu.diplomatics.qualification;

import java.time.LocalDate;

/**
 * What a request is read under.
 *
 * @param numbers which national numbers are accepted
 * @param today the day in Belgium: an award or a birth after it is refused
 */
public record RequestRules(Mode mode, AcceptedNumbers numbers, LocalDate today) {
    /** With real numbers, and those of test persons where {@code testNumbers}. */
    public RequestRules(Mode mode, boolean testNumbers, LocalDate today) {
        this(mode, AcceptedNumbers.real(testNumbers), today);
    }
}
