package eu.diplomatics.qualification;

/** How a dispute ended. */
public enum DisputeOutcome {
    /** It was right: the record was corrected, annulled, reinstated or moved since. */
    CHANGED,
    /** It was not: the record stands as it is. */
    UPHELD,
    /** Whoever disputed does so no more. */
    WITHDRAWN
}
