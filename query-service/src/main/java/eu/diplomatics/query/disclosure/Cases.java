package eu.diplomatics.query.disclosure;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an agency is answered about its cases. Whom they are about is in no answer. Only the gate makes these. */
public final class Cases {
    private Cases() {}

    /**
     * A case that is open.
     *
     * @param until its last day, by Belgian time
     * @param after what stands behind this position of the log is told
     */
    public record Opened(
            UUID caseId, String purpose, String caseReference, LocalDate until, long after, UUID accessLogId) {}

    /**
     * The agency's open cases, in the order of their ids.
     *
     * @param next the id to send as {@code after} for more; null when there are none
     */
    public record Page(List<Listed> cases, @Nullable UUID next, UUID accessLogId) {}

    /** @param openedAt when it was opened; what renewed it does not show */
    public record Listed(UUID caseId, String purpose, String caseReference, Instant openedAt, LocalDate until) {}

    /** A case that is closed. */
    public record Closed(UUID caseId, UUID accessLogId) {}
}
