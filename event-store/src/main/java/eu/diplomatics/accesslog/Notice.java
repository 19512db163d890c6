package eu.diplomatics.accesslog;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an agency is told of a record that it received (GDPR, article 19), or of one of a person about whom it has a case: that
 * something happened to it, not what it says now.
 *
 * @param reference of the qualification
 * @param version of it that this made
 * @param position in the log
 * @param caseId of the agency's case that this is told for; null where it is because the agency received the record
 */
public record Notice(
        Kind kind,
        UUID reference,
        long version,
        long position,
        Instant recordedAt,
        @Nullable UUID caseId) {
    public Notice(Kind kind, UUID reference, long version, long position, Instant recordedAt) {
        this(kind, reference, version, position, recordedAt, null);
    }

    /** What happened. */
    public enum Kind {
        CORRECTED,
        ANNULLED,
        REINSTATED,
        /** It stood under another person. */
        MOVED,
        /** Whoever it is about says that it is not right. */
        DISPUTED,
        /** It is disputed no more; whether it was changed for that, other notices say. */
        SETTLED,
        /** It is new; for cases only. */
        REGISTERED,
        /** It was there: it stands under another number, which turned out to be this person's. For cases only. */
        LINKED,
        /** It stands under a number that turned out to be another person's. For cases only. */
        PARTED
    }

    @Override
    public String toString() {
        return "Notice[" + kind + ", redacted]";
    }
}
