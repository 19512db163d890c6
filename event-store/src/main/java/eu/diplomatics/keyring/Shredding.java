package eu.diplomatics.keyring;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the shred ledger: what was shredded, why, and how far its traces are gone. Nothing of a person.
 *
 * @param stream the stream that no longer opens: a holder's identity or a record
 * @param tombstone the stream of the event that explains it
 * @param shreddedAt since when nobody opens it; absent while it is only planned
 * @param rewrites how many rewrites of the keyring, on different days, came after
 */
public record Shredding(
        UUID stream,
        UUID tombstone,
        Kind kind,
        String reasonCode,
        String legalBasis,
        Instant askedAt,
        @Nullable Instant shreddedAt,
        int rewrites,
        @Nullable Instant doneAt) {
    /** After so many rewrites the epoch keys of older copies are due for destruction. */
    public static final int REWRITES = 3;

    /** What is asked for. */
    public enum Kind {
        /** What the law lets go: the identity of a holder. */
        ERASURE,
        /** A record that should never have been: of the wrong person, or without a legal ground. */
        WRONG_RECORD
    }

    /** How far it is. */
    public enum State {
        /** Written down and not yet done: ask again. */
        PLANNED,
        /** Nobody opens it any more; older copies of the keyring still stand under keys that are not destroyed yet. */
        PENDING_REWRITES,
        /** Older copies stand under keys that are due for destruction. */
        DONE
    }

    public State state() {
        if (shreddedAt == null) {
            return State.PLANNED;
        }
        return doneAt == null ? State.PENDING_REWRITES : State.DONE;
    }
}
