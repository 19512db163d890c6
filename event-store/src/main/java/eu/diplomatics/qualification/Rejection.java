package eu.diplomatics.qualification;

/**
 * A rule that does not hold: a value, not an exception.
 *
 * @param pointer JSON pointer (RFC 6901) of the place in the request; empty for the request as a whole. For a row of a
 *     CSV file see {@link QualificationCsv#column(String)}
 * @param message what is wrong, in English, without any part of the value
 */
public record Rejection(RejectionCode code, String pointer, String message) {}
