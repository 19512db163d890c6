package eu.diplomatics.portal.citizen;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.page.Words.Text;
import eu.diplomatics.portal.registry.Consultation;
import eu.diplomatics.portal.registry.Consultation.Qualification;
import eu.diplomatics.portal.registry.Consultation.Shredded;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One qualification in words.
 *
 * @param title what it is called
 * @param summary the lines that most people want to know
 * @param annulled when it was annulled; null when it stands
 * @param annulledBecause as the institution wrote
 * @param gone why nobody can read it any more; null when it can be read
 * @param details everything else that is registered
 */
record ShownQualification(
        Text title,
        List<Row> summary,
        @Nullable String annulled,
        @Nullable Text annulledBecause,
        @Nullable String gone,
        List<Row> details) {

    /** What it is, and what is registered. */
    record Row(String label, List<Text> values) {}

    static ShownQualification of(Qualification each, Words words, Locale locale) {
        Rows summary = new Rows(words, locale);
        Rows details = new Rows(words, locale);
        Consultation.Basis basis = each.basis();
        if (basis != null) {
            Basics.summary(summary, basis);
            Basics.details(details, basis);
        }
        Basics.registration(details, each);
        Consultation.Annulment annulment = each.annulment();
        return new ShownQualification(
                basis == null || basis.fullName() == null
                        ? new Text(words.say("qualification.nameless", locale), null)
                        : words.written(basis.fullName(), locale),
                summary.all(),
                annulment == null ? null : words.day(annulment.recordedAt(), locale),
                annulment == null ? null : words.written(annulment.reason(), locale),
                each.shredded() == null ? null : gone(each.shredded(), words, locale),
                details.all());
    }

    static String gone(Shredded why, Words words, Locale locale) {
        return words.say("qualification.gone", locale, words.day(why.shreddedAt(), locale), why.legalBasis());
    }
}
