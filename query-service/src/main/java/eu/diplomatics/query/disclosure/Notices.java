package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Notice;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an agency is told about records that it received, or has a case about. Only the gate makes these. */
public final class Notices {
    private Notices() {}

    /**
     * An agency's notices, the oldest first.
     *
     * @param last the number of the newest notice there is for this agency; 0 when there is none
     * @param accessLogId of the row that this reading left; null when nothing was told
     */
    public record Page(
            List<Told> notices,
            long acknowledged,
            long last,
            @Nullable UUID accessLogId) {}

    /**
     * That something happened to a record; what it says now is for a question under a mandate.
     *
     * @param number in the agency's own feed, from 1 and without gaps
     * @param version of the record that this made
     * @param position in the log
     * @param caseId of the case that it is told for; null where it is because the agency received the record
     */
    public record Told(
            long number,
            Notice.Kind kind,
            UUID reference,
            long version,
            long position,
            Instant recordedAt,
            @Nullable UUID caseId) {}

    /** How far an agency acknowledged its notices. */
    public record Acknowledged(long acknowledged, long last, UUID accessLogId) {}
}
