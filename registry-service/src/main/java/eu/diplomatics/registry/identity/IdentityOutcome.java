package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Rejection;
import java.util.UUID;

/** What became of a request about who somebody is. */
sealed interface IdentityOutcome {
    /**
     * It is as asked.
     *
     * @param place of the event that made it so
     * @param now whether this request did, and not one before it
     */
    record Done(UUID id, LinkKind kind, EventPlace place, boolean now) implements IdentityOutcome {}

    /**
     * A qualification is whose it should be.
     *
     * @param place of the event since which it is
     * @param version of the qualification now
     */
    record Moved(EventPlace place, long version) implements IdentityOutcome {}

    record Refused(Rejection rejection) implements IdentityOutcome {}

    /** The idempotency key was used for something else. */
    record KeyReused() implements IdentityOutcome {}

    /** Somebody else was faster: read again and decide anew. */
    record Clashed() implements IdentityOutcome {}
}
