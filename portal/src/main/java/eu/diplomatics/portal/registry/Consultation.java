package eu.diplomatics.portal.registry;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All qualifications of a person, as {@code POST /v1/consultations} answers them; openapi of the query-service says what each
 * member means. What is absent there is null here, lists are empty.
 *
 * @param status {@code FOUND}, {@code NOT_FOUND}, {@code SHREDDED}
 * @param accessLogId under which the question stands in the access log
 */
public record Consultation(
        String status,
        List<Qualification> qualifications,
        @Nullable Shredded shredded,
        Fresh freshAsOf,
        String accessLogId) {

    /** Everything recorded up to then was considered. */
    public record Fresh(Instant recordedAt) {}

    /** Why something cannot be read any more, and since when. */
    public record Shredded(String reasonCode, String legalBasis, Instant shreddedAt) {}

    /** @param state {@code REGISTERED}, {@code ANNULLED}, {@code SHREDDED} */
    public record Qualification(
            String reference,
            long version,
            String state,
            @Nullable Annulment annulment,
            @Nullable Instant disputedSince,
            @Nullable Dispute dispute,
            @Nullable String supplier,
            @Nullable String supplierReference,
            @Nullable Holder holder,
            @Nullable Link link,
            @Nullable Basis basis,
            @Nullable Derived derived,
            @Nullable List<String> unlisted,
            @Nullable Shredded shredded,
            @Nullable Shredded holderShredded) {
        @Override
        public String toString() {
            return "Qualification[redacted]";
        }
    }

    public record Annulment(String reasonCode, String reason, Instant recordedAt) {}

    /** @param respondBy the last day on which it is to be settled */
    public record Dispute(String reasonCode, String reason, Instant recordedAt, LocalDate respondBy) {
        @Override
        public String toString() {
            return "Dispute[redacted]";
        }
    }

    /** By number, or by name where there is none. */
    public record Holder(
            @Nullable String insz,
            @Nullable String familyName,
            @Nullable String givenNames,
            @Nullable String birthDate,
            @Nullable String localNumber) {
        @Override
        public String toString() {
            return "Holder[redacted]";
        }
    }

    public record Link(String kind, Instant recordedAt) {}

    /** A name, a code, or both. */
    public record Named(@Nullable String name, @Nullable String code) {}

    public record Institution(
            @Nullable String name, @Nullable String number) {}

    public record AlternativeBody(String role, String body) {}

    public record Information(
            @Nullable String name, @Nullable String content) {}

    public record Basis(
            @Nullable String authenticity,
            @Nullable String category,
            @Nullable String degree,
            @Nullable String educationForm,
            @Nullable String finality,
            @Nullable Boolean viaRecognition,
            @Nullable String kind,
            @Nullable String state,
            @Nullable String awardingBody,
            @Nullable Named subject,
            @Nullable String awardedOn,
            @Nullable String fullName,
            @Nullable String country,
            @Nullable String language,
            @Nullable Institution institution,
            @Nullable String schoolType,
            @Nullable Named fieldOfStudy,
            @Nullable Named specialisation,
            @Nullable Named detail,
            @Nullable String validityPeriod,
            @Nullable Integer adultEducationHours,
            @Nullable List<AlternativeBody> alternativeBodies,
            @Nullable List<Information> additionalInformation) {
        @Override
        public String toString() {
            return "Basis[redacted]";
        }
    }

    public record Derived(
            @Nullable Named iscedField1997,
            @Nullable Named iscedField2013,
            @Nullable Named iscedLevel1997,
            @Nullable Named iscedLevel2011,
            @Nullable Named vksEducation,
            @Nullable Named vksProfessional,
            @Nullable Integer eqf,
            @Nullable String taxonomyVersion) {}

    @Override
    public String toString() {
        return "Consultation[" + status + ", redacted]";
    }
}
