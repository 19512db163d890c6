package eu.diplomatics.portal.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All versions of a qualification, the oldest first, as {@code GET /v1/qualifications/{reference}/history} answers them. */
public record History(List<Version> versions) {
    /**
     * One version.
     *
     * @param by who acted; as {@code reason}, null where the record was shredded
     * @param basis what it brought; null where it changed nothing of that
     */
    public record Version(
            long version,
            Instant recordedAt,
            String type,
            @Nullable String by,
            @Nullable String reason,
            Consultation.@Nullable Basis basis) {
        @Override
        public String toString() {
            return "Version[" + version + ", redacted]";
        }
    }
}
