package eu.diplomatics.access;

import java.time.Duration;

/** What becomes of a request, before anybody asks what it wants. */
public sealed interface Admission {
    /** The caller is known. */
    record Granted(Bearer bearer) implements Admission {}

    /** The caller is not known. */
    record Refused(Refusal refusal) implements Admission {}

    /** Nobody can tell at the moment: the provider's keys cannot be had, or too many proofs are remembered. */
    record Undecided(Duration retryAfter) implements Admission {}
}
