package eu.diplomatics.accesslog;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One access: who, about whom, why, and what was answered (R05). Stored sealed.
 *
 * @param subject pseudonym of the person asked about; null where nobody was identified
 * @param caller role and id; a citizen's id is left out of an answer, which is about themselves, and is a pseudonym
 *     like {@code subject}, in hexadecimal, in a refusal; of a delegate the kind and always such a pseudonym of their own:
 *     {@code DELEGATE:PARENT:01…}
 * @param mandateVersion of the mandate of this caller for this purpose; null where none bounds the answer
 * @param operation for example {@code CONSULT}
 * @param question what was asked, where the operation alone does not say it
 * @param outcome {@code FOUND}, {@code NOT_FOUND}, or the code of the refusal
 * @param asOf the past moment asked for, if any
 * @param disclosed what was answered, empty when nothing was
 * @param xRoad null where it did not come through X-Road
 */
public record Access(
        UUID id,
        byte @Nullable [] subject,
        String caller,
        @Nullable String purpose,
        @Nullable String caseReference,
        @Nullable String endUser,
        @Nullable Long mandateVersion,
        String operation,
        @Nullable String question,
        String outcome,
        @Nullable String asOf,
        List<Disclosed> disclosed,
        String traceId,
        @Nullable XRoad xRoad) {
    /** One that did not come through X-Road. */
    public Access(
            UUID id,
            byte @Nullable [] subject,
            String caller,
            @Nullable String purpose,
            @Nullable String caseReference,
            @Nullable String endUser,
            @Nullable Long mandateVersion,
            String operation,
            @Nullable String question,
            String outcome,
            @Nullable String asOf,
            List<Disclosed> disclosed,
            String traceId) {
        this(
                id,
                subject,
                caller,
                purpose,
                caseReference,
                endUser,
                mandateVersion,
                operation,
                question,
                outcome,
                asOf,
                disclosed,
                traceId,
                null);
    }

    /** A qualification, or a version of it, that was answered. */
    public record Disclosed(UUID reference, long version) {}

    @Override
    public String toString() {
        return "Access[" + id + ", redacted]";
    }
}
