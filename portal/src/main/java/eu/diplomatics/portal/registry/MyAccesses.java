package eu.diplomatics.portal.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who looked, the newest first, as {@code GET /v1/access-log/mine} answers it (docs/access-log.md).
 *
 * @param next asks for what comes after; null on the last page
 */
public record MyAccesses(List<Access> accesses, @Nullable String next) {
    /** @param id the agency has it too */
    public record Access(
            String id,
            Instant at,
            By by,
            @Nullable String purpose,
            @Nullable String legalBasis,
            @Nullable String sees,
            String operation,
            @Nullable String question,
            String outcome,
            List<String> records) {}

    /** @param id of an agency or a supplier */
    public record By(String role, @Nullable String id) {}
}
