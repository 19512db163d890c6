package eu.diplomatics.qualification;

/** How a dispute ended. */
public enum DisputeOutcome {
    /** It was right: the record was corrected, annulled or reinstated since, or moved to whom it is about. */
    CHANGED,
    /** It was not: the record stands as it is. */
    UPHELD,
    /** Whoever disputed does so no more. */
    WITHDRAWN
}
