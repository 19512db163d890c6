package eu.diplomatics.qualification;

import eu.diplomatics.sensitivity.Sensitivity;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one agency may ask for one purpose (R24): on which legal basis, which questions, which fields of an answer, how
 * often, what the person concerned is told, and why it is needed at all. The controller's own reference data.
 *
 * @param agency its id, as it calls
 * @param purpose the code that its requests name
 * @param fields of {@link #ANSWER_FIELDS}; what is not named is in no answer. {@code basis} and {@code derived} name all of theirs
 * @param sensitivity its own class: no field above it is in an answer (R30). Events of before it was stated have none; then
 *     it is the lowest that allows all fields, {@code PERSONAL} or {@code SPECIAL}
 * @param whyNeeded for what the agency needs this
 * @param whyNoYesNo why an answer yes or no is not enough, or that it is
 * @param validUntil the last day; null while it holds until it is withdrawn
 */
public record Mandate(
        String agency,
        String purpose,
        String legalBasis,
        List<Question> questions,
        List<String> fields,
        Sensitivity sensitivity,
        Quota quota,
        Disclosure citizen,
        String whyNeeded,
        String whyNoYesNo,
        LocalDate validFrom,
        @Nullable LocalDate validUntil) {
    /** All that a mandate may name. */
    public static final Set<String> ANSWER_FIELDS = AnswerFields.all();

    public Mandate {
        Stream.of(agency, purpose, legalBasis, quota, citizen, whyNeeded, whyNoYesNo, validFrom)
                .forEach(Objects::requireNonNull);
        questions = questions == null ? List.of() : List.copyOf(questions);
        fields = fields == null ? List.of() : List.copyOf(fields);
        sensitivity = sensitivity == null ? AnswerFields.lowestFor(fields) : sensitivity;
    }

    /** What may be asked. */
    public enum Question {
        /** About one person by number. */
        CONSULT,
        /** About up to a thousand persons in one request. */
        BATCH,
        /** One qualification by its reference. */
        READ,
        /** All versions of one qualification. */
        HISTORY,
        /** Yes or no. */
        PREDICATE,
        /** Being told what happens to the records of a person while a case about them is open. */
        FOLLOW
    }

    /** Persons asked about, by all instances together in a day (UTC), by each of them in a minute. */
    public record Quota(int perMinute, int perDay) {}

    /** When the person concerned sees that the agency looked. */
    public enum When {
        IMMEDIATELY,
        /** From a day on. */
        FROM,
        /** A law says that they do not; controller and data-protection officer always do. */
        WITHHELD
    }

    /**
     * What the person concerned is told.
     *
     * @param sees in plain words
     * @param from with {@link When#FROM} only
     * @param withheldBy the law that says so, with {@link When#WITHHELD} only
     */
    public record Disclosure(
            String sees,
            When when,
            @Nullable LocalDate from,
            @Nullable String withheldBy) {
        public Disclosure {
            Objects.requireNonNull(sees);
            Objects.requireNonNull(when);
        }

        @Override
        public String toString() {
            return "Disclosure[redacted]";
        }
    }

    /** Whether it holds on this day. */
    public boolean isValidOn(LocalDate day) {
        return !day.isBefore(validFrom) && (validUntil == null || !day.isAfter(validUntil));
    }

    public boolean allows(Question question) {
        return questions.contains(question);
    }

    /**
     * As it is answered under: without the fields that are above its class, which were within it when it was granted, and
     * were classified higher since.
     */
    public Mandate withinItsClass() {
        List<String> within = AnswerFields.within(sensitivity, fields);
        return within.equals(fields)
                ? this
                : new Mandate(
                        agency,
                        purpose,
                        legalBasis,
                        questions,
                        within,
                        sensitivity,
                        quota,
                        citizen,
                        whyNeeded,
                        whyNoYesNo,
                        validFrom,
                        validUntil);
    }

    @Override
    public String toString() {
        return "Mandate[redacted]";
    }
}
