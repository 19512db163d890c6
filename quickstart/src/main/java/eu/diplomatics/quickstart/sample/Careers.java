package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.taxonomy.Taxonomy;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** The diplomas of one person from 1999 on, in order of time, as their suppliers register them. */
final class Careers {
    private static final LocalDate FIRST = LocalDate.of(1999, 1, 1);

    private final long seed;
    private final Taxonomy taxonomy;
    private final Places places;
    private final Programmes programmes;
    private final LocalDate until;

    Careers(long seed, Taxonomy taxonomy, Places places, Programmes programmes, LocalDate until) {
        this.seed = seed;
        this.taxonomy = taxonomy;
        this.places = places;
        this.programmes = programmes;
        this.until = until;
    }

    List<SampleRegistration> of(Person person) {
        SplittableRandom random = People.random(seed, person.index(), 2);
        List<Award> awards = new ArrayList<>();
        School school = new School(places, programmes, random);
        School.Leaver leaver = school.attend(person.birthDate().getYear(), awards);
        new HigherEducation(places, programmes, random).attend(leaver, awards);
        Adults adults = new Adults(places, programmes, random, until.getYear());
        adults.learn(person, awards);
        awards.removeIf(award -> award.date().isBefore(FIRST) || award.date().isAfter(until));
        if (awards.isEmpty()) {
            awards.add(adults.module(person, until.getYear() - 1 - random.nextInt(until.getYear() - FIRST.getYear())));
        }
        awards.sort(Comparator.comparing(Award::date));
        List<SampleRegistration> registrations = new ArrayList<>(awards.size());
        for (int i = 0; i < awards.size(); i++) {
            registrations.add(registration(person, i, awards.get(i), random));
        }
        return registrations;
    }

    private SampleRegistration registration(Person person, int ordinal, Award award, SplittableRandom random) {
        Basis basis = award.basis(taxonomy.subjectName(award.subject()).orElse(null));
        String supplier = places.supplierOf(award.institution());
        String reference =
                award.date().getYear() + "-" + Long.toString(seed & 0xfffff, 36) + "-" + person.index() + "-" + ordinal;
        int chance = random.nextInt(1000);
        Basis first = chance < 8 ? mistaken(basis) : basis;
        return new SampleRegistration(
                supplier, new RegistrationRequest(reference, person.identity(), first, null), followUps(basis, chance));
    }

    private static List<FollowUp> followUps(Basis right, int chance) {
        if (chance < 8) {
            return List.of(
                    new FollowUp.Correction(new CorrectionRequest(right, "Datum van uitreiking was onvolledig")));
        }
        if (chance < 10) {
            return List.of(
                    new FollowUp.Annulment(new StateRequest("WRONG_PERSON", "Op de verkeerde persoon geregistreerd")));
        }
        if (chance < 11) {
            return List.of(
                    new FollowUp.Annulment(new StateRequest("ADMINISTRATIVE_ERROR", "Dubbel geregistreerd")),
                    new FollowUp.Reinstatement(new StateRequest("ANNULLED_IN_ERROR", "Was niet dubbel geregistreerd")));
        }
        return List.of();
    }

    /** As it was first registered: the year only. */
    private static Basis mistaken(Basis b) {
        return new Basis(
                b.authenticity(),
                b.category(),
                b.degree(),
                b.educationForm(),
                b.finality(),
                b.viaRecognition(),
                b.kind(),
                b.state(),
                b.awardingBody(),
                b.subject(),
                new PartialDate(b.awardedOn().year(), null, null),
                b.fullName(),
                b.country(),
                b.language(),
                b.institution(),
                b.schoolType(),
                b.fieldOfStudy(),
                b.specialisation(),
                b.detail(),
                b.validityPeriod(),
                b.adultEducationHours(),
                b.alternativeBodies(),
                b.additionalInformation());
    }
}
