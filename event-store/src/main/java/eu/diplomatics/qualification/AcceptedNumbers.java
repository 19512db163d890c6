package eu.diplomatics.qualification;

import java.util.List;

/**
 * Which national numbers are accepted here and now.
 *
 * @param ofTestPersons those of test persons (month raised by 60)
 * @param blockedBy ids of the conditions that keep real numbers out (R33); empty when real numbers are let in
 */
public record AcceptedNumbers(boolean ofTestPersons, List<String> blockedBy) {
    public AcceptedNumbers {
        blockedBy = List.copyOf(blockedBy);
    }

    /** Real numbers, and those of test persons where {@code ofTestPersons}. */
    public static AcceptedNumbers real(boolean ofTestPersons) {
        return new AcceptedNumbers(ofTestPersons, List.of());
    }
}
