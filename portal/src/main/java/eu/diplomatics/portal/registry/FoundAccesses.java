package eu.diplomatics.portal.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the access log as they were written, the newest first, as {@code POST /v1/access-log/search} answers them.
 *
 * @param next asks for what comes after; null at the end. A page may be empty and have one
 */
public record FoundAccesses(List<Row> accesses, @Nullable String next, String accessLogId) {
    /**
     * One row.
     *
     * @param subject pseudonym of the person concerned
     * @param personSees whether that person is told of it today; null where the row is about nobody
     * @param details null where the row is not what was sealed
     */
    public record Row(
            String id,
            Instant at,
            @Nullable String subject,
            @Nullable Boolean personSees,
            @Nullable Details details) {}

    /** What was sealed. */
    public record Details(
            String caller,
            @Nullable String purpose,
            @JsonProperty("case") @Nullable String caseReference,
            @Nullable String endUser,
            @Nullable Under mandate,
            String operation,
            @Nullable String question,
            String outcome,
            @Nullable String asOf,
            List<Disclosed> disclosed) {
        @Override
        public String toString() {
            return "Details[redacted]";
        }
    }

    /** The mandate that a question was answered under. */
    public record Under(
            long version,
            @Nullable String legalBasis,
            @Nullable Citizen citizen) {}

    /**
     * What the person concerned is told.
     *
     * @param when {@code IMMEDIATELY}, {@code FROM}, {@code WITHHELD}
     */
    public record Citizen(
            String sees,
            String when,
            @Nullable String from,
            @Nullable String withheldBy) {}

    public record Disclosed(String reference, long version) {}

    @Override
    public String toString() {
        return "FoundAccesses[redacted]";
    }
}
