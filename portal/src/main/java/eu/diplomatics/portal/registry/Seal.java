package eu.diplomatics.portal.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the access log is sealed, as {@code GET /v1/access-log/seal} answers it; openapi says what each member means. */
public record Seal(
        Tree tree, @Nullable Witness witness, @Nullable Copy copy) {
    /** @param signature {@code VALID}, {@code INVALID}, {@code NONE} */
    public record Tree(
            String origin,
            String signature,
            long size,
            @Nullable Instant sealedAt,
            long waiting,
            boolean overdue,
            @Nullable String halted,
            List<String> keys,
            @Nullable String checkpoint) {}

    /** @param cosignature {@code VALID}, {@code INVALID}, {@code WAITING}, {@code UNREACHABLE}, {@code REFUSED}, {@code CONTRADICTED} */
    public record Witness(
            String key, String cosignature, @Nullable Instant at) {}

    /** @param trouble what keeps rows from it, or {@code NONE} */
    public record Copy(long shipped, long waiting, long oldestSeconds, String trouble) {}
}
