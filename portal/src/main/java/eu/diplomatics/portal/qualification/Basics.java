package eu.diplomatics.portal.qualification;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.page.Words.Text;
import eu.diplomatics.portal.registry.Consultation.AlternativeBody;
import eu.diplomatics.portal.registry.Consultation.Basis;
import eu.diplomatics.portal.registry.Consultation.Derived;
import eu.diplomatics.portal.registry.Consultation.Holder;
import eu.diplomatics.portal.registry.Consultation.Information;
import eu.diplomatics.portal.registry.Consultation.Institution;
import eu.diplomatics.portal.registry.Consultation.Link;
import eu.diplomatics.portal.registry.Consultation.Qualification;
import eu.diplomatics.portal.registry.Consultation.Shredded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All members of a qualification, in the order in which people ask for them. */
final class Basics {
    private Basics() {}

    static void summary(Rows rows, Basis basis) {
        rows.value("kind", basis.kind());
        if (basis.awardedOn() != null) {
            rows.plain("awarded-on", rows.words().date(basis.awardedOn(), rows.locale()));
        }
        Institution institution = basis.institution();
        if (institution != null) {
            rows.plain("institution", institution.name() == null ? institution.number() : institution.name());
        }
    }

    static void details(Rows rows, Basis basis) {
        rows.value("category", basis.category());
        rows.value("degree", basis.degree());
        rows.value("state", basis.state());
        rows.value("education-form", basis.educationForm());
        rows.value("finality", basis.finality());
        rows.named("subject", basis.subject());
        rows.named("field-of-study", basis.fieldOfStudy());
        rows.named("specialisation", basis.specialisation());
        rows.named("detail", basis.detail());
        rows.value("awarding-body", basis.awardingBody());
        if (basis.institution() != null) {
            rows.plain("institution-number", basis.institution().number());
        }
        for (AlternativeBody other : orNone(basis.alternativeBodies())) {
            rows.add(
                    "other-body",
                    rows.words().value(other.role(), rows.locale()),
                    rows.words().written(other.body(), rows.locale()));
        }
        rows.value("school-type", basis.schoolType());
        Words words = rows.words();
        if (basis.country() != null) {
            rows.add("country", words.country(basis.country(), rows.locale()));
        }
        if (basis.language() != null) {
            rows.add("language", words.language(basis.language(), rows.locale()));
        }
        rows.value("authenticity", basis.authenticity());
        if (basis.viaRecognition() != null) {
            rows.plain("via-recognition", words.say(basis.viaRecognition() ? "yes" : "no", rows.locale()));
        }
        rows.written("validity", basis.validityPeriod());
        rows.plain("hours", basis.adultEducationHours());
        for (Information more : orNone(basis.additionalInformation())) {
            rows.add(
                    "information",
                    words.value(orEmpty(more.name()), rows.locale()),
                    words.written(orEmpty(more.content()), rows.locale()));
        }
    }

    static void registration(Rows rows, Qualification each) {
        Words words = rows.words();
        Derived derived = each.derived();
        if (derived != null) {
            rows.plain("eqf", derived.eqf());
            rows.named("vks-education", derived.vksEducation());
            rows.named("vks-professional", derived.vksProfessional());
            rows.english("isced-level-2011", derived.iscedLevel2011());
            rows.english("isced-field-2013", derived.iscedField2013());
            rows.named("isced-level-1997", derived.iscedLevel1997());
            rows.named("isced-field-1997", derived.iscedField1997());
            rows.plain("taxonomy", derived.taxonomyVersion());
        }
        List<String> unlisted = orNone(each.unlisted());
        if (!unlisted.isEmpty()) {
            rows.plain("unlisted", String.join(", ", unlisted));
        }
        Holder holder = each.holder();
        if (holder != null && holder.insz() != null) {
            rows.plain("holder", holder.insz());
        } else if (holder != null) {
            rows.plain("holder", orEmpty(holder.givenNames()) + " " + orEmpty(holder.familyName()));
            if (holder.birthDate() != null) {
                rows.plain("holder-born", words.date(holder.birthDate(), rows.locale()));
            }
            rows.plain("holder-local", holder.localNumber());
        }
        Shredded erased = each.holderShredded();
        if (erased != null) {
            rows.plain("holder", ShownQualification.gone(erased, words, rows.locale()));
        }
        Link link = each.link();
        if (link != null) {
            rows.plain(
                    "link",
                    words.say(
                            "link." + Words.slug(link.kind()),
                            rows.locale(),
                            words.day(link.recordedAt(), rows.locale())));
        }
        if (each.supplier() != null) {
            rows.add("supplier", words.code("supplier", each.supplier(), rows.locale()));
        }
        rows.plain("supplier-reference", each.supplierReference());
        rows.plain("reference", each.reference());
        rows.add("version", new Text(Long.toString(each.version()), null));
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
