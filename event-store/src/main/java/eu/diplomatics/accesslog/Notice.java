package eu.diplomatics.accesslog;

import java.time.Instant;
import java.util.UUID;

/**
 * What an agency is told of a record that it received (GDPR, article 19): that something happened to it, not what it says now.
 *
 * @param reference of the qualification
 * @param version of it that this made
 * @param position in the log
 */
public record Notice(Kind kind, UUID reference, long version, long position, Instant recordedAt) {
    /** What happened. */
    public enum Kind {
        CORRECTED,
        ANNULLED,
        REINSTATED,
        /** It stood under another person. */
        MOVED
    }

    @Override
    public String toString() {
        return "Notice[" + kind + ", redacted]";
    }
}
