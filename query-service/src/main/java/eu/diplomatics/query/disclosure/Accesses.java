package eu.diplomatics.query.disclosure;

import com.fasterxml.jackson.annotation.JsonProperty;
import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.XRoad;
import eu.diplomatics.qualification.Mandate;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the access log tells, and to whom. */
public final class Accesses {
    private Accesses() {}

    /**
     * To the person concerned, the newest first. Nothing here tells of an access that is kept back.
     *
     * @param next asks for what comes after; null when there is nothing more to show
     */
    public record Mine(List<Told> accesses, @Nullable String next, UUID accessLogId) {}

    /**
     * To controller and data-protection officer, the newest first, what is kept from the person concerned too.
     *
     * @param next asks for what comes after; a page may hold fewer than asked for, or none, and still have one
     */
    public record Found(List<Row> accesses, @Nullable String next, UUID accessLogId) {}

    /**
     * Some of many, drawn so that each was as likely as any other; the newest first.
     *
     * @param of among so many
     * @param next what to say as {@code until} for those before, which none was drawn from; null when there are none
     */
    public record Sample(
            List<Row> accesses, long of, @Nullable Instant next, UUID accessLogId) {}

    /**
     * One row as it was written.
     *
     * @param subject pseudonym of the person concerned, in hexadecimal; one person may have several
     * @param personSees whether the person concerned is told of it today; null where the row is about nobody
     * @param details null where the row is not what was sealed: somebody changed it
     */
    public record Row(
            UUID id,
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
            List<Access.Disclosed> disclosed,
            String traceId,
            @Nullable XRoad xRoad) {
        @Override
        public String toString() {
            return "Details[redacted]";
        }
    }

    /**
     * The mandate that a question was answered under, in that version.
     *
     * @param terms what the person concerned is told and when; null where the catalogue does not have that version
     */
    public record Under(long version, @Nullable String legalBasis, Mandate.@Nullable Disclosure citizen) {}

    /**
     * How often was asked, by agency, purpose and hour (R19). No cell is about fewer persons than are to be hidden among.
     *
     * @param cells the newest hour first
     * @param least so many persons at least stand behind each cell
     * @param suppressed how many cells are left out
     * @param next the end of the hours that were not counted yet; null when all were
     */
    public record Statistics(
            List<Cell> cells,
            int least,
            long suppressed,
            @Nullable Instant next,
            UUID accessLogId) {}

    /** @param questions asked in the hour that begins then, refused ones included */
    public record Cell(Instant hour, String agency, String purpose, long questions) {}

    /**
     * One access as the person concerned is told of it.
     *
     * @param id which the agency has too, as {@code accessLogId} of its answer
     * @param purpose the agency's code for it
     * @param legalBasis of the mandate, in the version that it was answered under; null where none bounds the answer
     * @param sees the mandate's words to this person, in that version
     * @param operation what was asked
     * @param question of what was answered yes or no
     * @param records whose contents were in the answer
     */
    public record Told(
            UUID id,
            Instant at,
            By by,
            @Nullable String purpose,
            @Nullable String legalBasis,
            @Nullable String sees,
            String operation,
            @Nullable String question,
            Came outcome,
            List<UUID> records) {}

    /** @param id of an agency or supplier; null for everybody else, whose ids are persons */
    public record By(Who role, @Nullable String id) {}

    /** In which part somebody looked. */
    public enum Who {
        /** The person concerned. */
        SELF,
        AGENCY,
        SUPPLIER,
        CONTROLLER,
        DPO,
        AUDITOR,
        /** Who stands for the person concerned: a parent, a guardian, a proxy. */
        DELEGATE,
        /** Another citizen, who was refused. */
        CITIZEN,
        /** The registry itself, for an export to its next provider. */
        REGISTRY
    }

    /** What came of it. */
    public enum Came {
        DISCLOSED,
        NOTHING_FOUND,
        /** The record is there, and nobody can read it any more. */
        UNREADABLE,
        YES,
        NO,
        /** From then on the agency was told what happens to records of this person, until a day that the question names. */
        FOLLOWED,
        REFUSED
    }
}
