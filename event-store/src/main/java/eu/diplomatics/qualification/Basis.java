package eu.diplomatics.qualification;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The basis data of a qualification (LED {@code BewijsBasisType} 2.00): what the institution states. Values are those
 * of the taxonomy in force; {@code country} is ISO 3166-1 alpha-3, {@code language} ISO 639-3.
 */
public record Basis(
        String authenticity,
        String category,
        String degree,
        String educationForm,
        @Nullable String finality,
        @Nullable Boolean viaRecognition,
        String kind,
        String state,
        String awardingBody,
        Subject subject,
        PartialDate awardedOn,
        String fullName,
        String country,
        String language,
        Institution institution,
        String schoolType,
        @Nullable Detail fieldOfStudy,
        @Nullable Detail specialisation,
        @Nullable Detail detail,
        @Nullable String validityPeriod,
        @Nullable Integer adultEducationHours,
        List<AlternativeBody> alternativeBodies,
        List<AdditionalInformation> additionalInformation) {

    /** What is mandatory is checked here too: a stored event is read without the rules of a request. */
    public Basis {
        Stream.of(
                        authenticity,
                        category,
                        degree,
                        educationForm,
                        kind,
                        state,
                        awardingBody,
                        subject,
                        awardedOn,
                        fullName,
                        country,
                        language,
                        institution,
                        schoolType)
                .forEach(Objects::requireNonNull);
        alternativeBodies = copy(alternativeBodies);
        additionalInformation = copy(additionalInformation);
    }

    /** A list that was left out of JSON is an empty one. */
    private static <T> List<T> copy(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    @Override
    public String toString() {
        return "Basis[redacted]";
    }

    /** Subject [onderwerp]. */
    public record Subject(String code, @Nullable String name) {
        public Subject {
            Objects.requireNonNull(code);
        }

        @Override
        public String toString() {
            return "Subject[redacted]";
        }
    }

    /** Institution [instelling]; the number is the one it had at the time of award, absent only in old records. */
    public record Institution(String name, @Nullable String number) {
        public Institution {
            Objects.requireNonNull(name);
        }

        @Override
        public String toString() {
            return "Institution[redacted]";
        }
    }

    /** Field of study, specialisation or detail: a name and, where there is one, a code. */
    public record Detail(@Nullable String name, @Nullable String code) {
        @Override
        public String toString() {
            return "Detail[redacted]";
        }
    }

    /** A further body [alternatieve instantie] and the part it had. */
    public record AlternativeBody(String role, String body) {
        public AlternativeBody {
            Objects.requireNonNull(role);
            Objects.requireNonNull(body);
        }

        @Override
        public String toString() {
            return "AlternativeBody[redacted]";
        }
    }

    /** Additional information [bijkomende informatie]. */
    public record AdditionalInformation(String name, String content) {
        public AdditionalInformation {
            Objects.requireNonNull(name);
            Objects.requireNonNull(content);
        }

        @Override
        public String toString() {
            return "AdditionalInformation[redacted]";
        }
    }
}
