package eu.diplomatics.portal.registry;

import java.util.Set;

/**
 * Why the query-service did not answer, where whoever asked can do something about it.
 *
 * @param status of its answer
 * @param code of docs/error-codes.md
 * @param pointer which place of the request, or empty
 */
public record Refusal(int status, String code, String pointer) {
    /** Those that people are told; each has its words. */
    public static final Set<String> CODES = Set.of(
            "NO_MANDATE",
            "NOT_IN_MANDATE",
            "QUOTA_EXCEEDED",
            "PURPOSE_REQUIRED",
            "MALFORMED",
            "FIELD_REQUIRED",
            "INSZ_CHECKSUM",
            "INSZ_TEST_NOT_ALLOWED",
            "GO_LIVE_BLOCKED",
            "DATE_IN_FUTURE");
}
