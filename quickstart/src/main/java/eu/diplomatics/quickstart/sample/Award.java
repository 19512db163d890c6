package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.taxonomy.Institutions.Institution;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One diploma of one person.
 *
 * @param honours degree of merit, or null where none is given
 * @param hours of adult education, or null
 */
record Award(
        Level level,
        Institution institution,
        String subject,
        String title,
        LocalDate date,
        Basis.@Nullable Detail field,
        Basis.@Nullable Detail specialisation,
        @Nullable String honours,
        @Nullable Integer hours,
        @Nullable String validity,
        String country,
        String language) {

    static Award of(Level level, Institution institution, String subject, String title, LocalDate date) {
        return new Award(level, institution, subject, title, date, null, null, null, null, null, "BEL", "nld");
    }

    Award in(Basis.@Nullable Detail newField) {
        return new Award(
                level,
                institution,
                subject,
                title,
                date,
                newField,
                specialisation,
                honours,
                hours,
                validity,
                country,
                language);
    }

    Award specialised(Basis.@Nullable Detail newSpecialisation) {
        return new Award(
                level,
                institution,
                subject,
                title,
                date,
                field,
                newSpecialisation,
                honours,
                hours,
                validity,
                country,
                language);
    }

    Award with(@Nullable String newHonours) {
        return new Award(
                level,
                institution,
                subject,
                title,
                date,
                field,
                specialisation,
                newHonours,
                hours,
                validity,
                country,
                language);
    }

    Award lasting(@Nullable Integer newHours, @Nullable String newValidity) {
        return new Award(
                level,
                institution,
                subject,
                title,
                date,
                field,
                specialisation,
                honours,
                newHours,
                newValidity,
                country,
                language);
    }

    Award from(String newCountry, String newLanguage) {
        return new Award(
                level,
                institution,
                subject,
                title,
                date,
                field,
                specialisation,
                honours,
                hours,
                validity,
                newCountry,
                newLanguage);
    }

    Basis basis(@Nullable String subjectName) {
        List<Basis.AdditionalInformation> information = new ArrayList<>(2);
        information.add(new Basis.AdditionalInformation("Bewijs omschrijving", level.kind + " " + title));
        if (honours != null) {
            information.add(new Basis.AdditionalInformation("Graad van verdienste", honours));
        }
        return new Basis(
                "Authentiek",
                level.category,
                level.degree,
                level.form,
                null,
                null,
                level.kind,
                level.state(),
                level.awardingBody,
                new Basis.Subject(subject, subjectName),
                new PartialDate(date.getYear(), date.getMonthValue(), date.getDayOfMonth()),
                title,
                country,
                language,
                new Basis.Institution(institution.name(), institution.number()),
                level.schoolType,
                field,
                specialisation,
                null,
                validity,
                hours,
                List.of(),
                information);
    }
}
