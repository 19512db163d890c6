package eu.diplomatics.query.seal;

/** Looks at the newest checkpoint of the access log, and says nothing of the copy. */
public interface SealWatch {
    /** Verified anew each time. */
    Seal look();
}
