package eu.diplomatics.query.disclosure;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.query.freshness.FreshAsOf;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** What the API answers. Only the gate makes these. */
public final class Answers {
    private Answers() {}

    /** Whether anything was found. */
    public enum Status {
        FOUND,
        NOT_FOUND,
        /** There was somebody with this number, whose identity was erased: whose the records are can be told nobody. */
        SHREDDED,
        INVALID
    }

    /** What a qualification is now, or was then. */
    public enum State {
        REGISTERED,
        ANNULLED,
        /** Nobody can read it any more. */
        SHREDDED
    }

    /** Why something cannot be read any more, and since when. */
    public record Shredded(String reasonCode, String legalBasis, Instant shreddedAt) {}

    /** Why and when a qualification was annulled (L02). */
    public record Annulment(String reasonCode, String reason, Instant recordedAt) {}

    /**
     * Whoever it is about says that it is not right, and it is not settled yet whether it is.
     *
     * @param reason as they wrote
     * @param respondBy the last day on which whoever registered it is to settle it
     */
    public record Disputed(String reasonCode, String reason, Instant recordedAt, LocalDate respondBy) {}

    /**
     * Why a record under another number or name answers a question about this number (L10).
     *
     * @param kind of the link that leads to it
     * @param recordedAt since when the registry knows it; where several links lead there, the latest of them
     */
    public record Link(LinkKind kind, Instant recordedAt) {}

    /**
     * What of an object's members is answered.
     *
     * @param named of the content's components; null for all
     */
    @JsonSerialize(using = PartSerializer.class)
    public record Part<T>(T content, @Nullable Set<String> named) {
        static <T> Part<T> whole(T content) {
            return new Part<>(content, null);
        }

        /** Whether a member may be read. */
        public boolean names(String member) {
            return named == null || named.contains(member);
        }

        @Override
        public String toString() {
            return "Part[redacted]";
        }
    }

    /**
     * One qualification. Reference, version and state are always there, and so is since when it is disputed; what the
     * mandate does not name is absent.
     *
     * @param disputedSince while a dispute is open; absent else
     * @param dispute the one that is open
     * @param supplier as its reference, basis and derived data, absent when the record was shredded
     * @param holder who it was registered for; absent when the holder's identity was erased
     * @param shredded why the record cannot be read any more; absent when it can
     * @param holderShredded why the holder cannot be told any more; absent when they can
     * @param link absent where it was registered under the number asked
     * @param modifiedAt when the registry recorded the latest version answered
     * @param unlisted which values are outside the taxonomy, as pointers; absent when there are none (legacy records)
     */
    public record QualificationAnswer(
            UUID reference,
            long version,
            @JsonIgnore Instant modifiedAt,
            State state,
            @Nullable Annulment annulment,
            @Nullable Instant disputedSince,
            @Nullable Disputed dispute,
            @Nullable String supplier,
            @Nullable String supplierReference,
            @Nullable HolderIdentity holder,
            @Nullable Link link,
            @Nullable Part<Basis> basis,
            @Nullable Part<Derived> derived,
            @Nullable List<String> unlisted,
            @Nullable Shredded shredded,
            @Nullable Shredded holderShredded) {
        @Override
        public String toString() {
            return "QualificationAnswer[" + reference + ", redacted]";
        }
    }

    /**
     * The answer about one number.
     *
     * @param filtered how many records were found that the asker's extract leaves out
     * @param beyond how many more there are than the extract answers at most
     */
    public record Consultation(
            Status status,
            @Nullable String pseudonym,
            List<QualificationAnswer> qualifications,
            @JsonIgnore int filtered,
            @JsonIgnore int beyond,
            @Nullable Shredded shredded,
            FreshAsOf freshAsOf,
            UUID accessLogId) {}

    /**
     * The answer about one number of several.
     *
     * @param index of the number in the request, from 0
     * @param code why there is no answer, for {@code INVALID}
     */
    public record Item(
            int index,
            Status status,
            @Nullable String pseudonym,
            List<QualificationAnswer> qualifications,
            @Nullable Shredded shredded,
            @Nullable String code) {}

    /** The answers in the order asked, none left out (L06). */
    public record Batch(List<Item> answers, FreshAsOf freshAsOf) {}

    /** A qualification by its reference. */
    public record One(
            @JsonUnwrapped QualificationAnswer qualification,
            @Nullable String pseudonym,
            FreshAsOf freshAsOf,
            UUID accessLogId) {}

    /**
     * One version (R04).
     *
     * @param by who acted; as {@code reason}, absent when the record was shredded
     * @param basis for versions that brought basis data
     */
    public record Version(
            long version,
            Instant recordedAt,
            String type,
            @Nullable String by,
            @Nullable String reason,
            @Nullable String reasonCode,
            @Nullable Part<Basis> basis) {
        @Override
        public String toString() {
            return "Version[" + version + ", redacted]";
        }
    }

    /** All versions, oldest first. */
    public record History(List<Version> versions, FreshAsOf freshAsOf, UUID accessLogId) {}

    /** What an agency may ask today, by purpose. */
    public record Mandates(List<Mandated> mandates) {}

    /**
     * One of its mandates.
     *
     * @param fields of an answer, beside those that every answer has
     * @param validUntil the last day; null while it holds until it is withdrawn
     */
    public record Mandated(
            String purpose,
            String legalBasis,
            List<Question> questions,
            List<String> fields,
            @Nullable LocalDate validUntil) {
        static Mandated of(Mandate terms) {
            return new Mandated(
                    terms.purpose(), terms.legalBasis(), terms.questions(), terms.fields(), terms.validUntil());
        }
    }

    /**
     * Yes or no, and nothing else.
     *
     * @param disputed true when every record that the yes rests on is disputed; absent else
     */
    public record Verdict(boolean answer, @Nullable Boolean disputed, FreshAsOf freshAsOf, UUID accessLogId) {}
}
