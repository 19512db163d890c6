package eu.diplomatics.qualification;

import java.time.LocalDate;

/**
 * What a request is read under.
 *
 * @param testNumbers accept national numbers of test persons (month raised by 60)
 * @param today the day in Belgium: an award or a birth after it is refused
 */
public record RequestRules(Mode mode, boolean testNumbers, LocalDate today) {}
