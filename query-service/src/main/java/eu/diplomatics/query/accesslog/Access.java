package eu.diplomatics.query.accesslog;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One access: who, about whom, why, and what was answered (R05). Stored sealed.
 *
 * @param subject pseudonym of the person asked about; null where nobody was identified
 * @param caller role and id; a citizen's id is left out of an answer, which is about themselves, and is a pseudonym
 *     like {@code subject}, in hexadecimal, in a refusal
 * @param operation for example {@code CONSULT}
 * @param outcome {@code FOUND}, {@code NOT_FOUND}, or the code of the refusal
 * @param asOf the past moment asked for, if any
 * @param disclosed what was answered, empty when nothing was
 */
public record Access(
        UUID id,
        byte @Nullable [] subject,
        String caller,
        @Nullable String purpose,
        @Nullable String caseReference,
        @Nullable String endUser,
        String operation,
        String outcome,
        @Nullable String asOf,
        List<Disclosed> disclosed,
        String traceId) {

    /** A qualification, or a version of it, that was answered. */
    public record Disclosed(UUID reference, long version) {}

    @Override
    public String toString() {
        return "Access[" + id + ", redacted]";
    }
}
