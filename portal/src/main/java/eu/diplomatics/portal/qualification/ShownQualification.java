package eu.diplomatics.portal.qualification;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.page.Words.Text;
import eu.diplomatics.portal.registry.Consultation;
import eu.diplomatics.portal.registry.Consultation.Basis;
import eu.diplomatics.portal.registry.Consultation.Qualification;
import eu.diplomatics.portal.registry.Consultation.Shredded;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One qualification in words.
 *
 * @param reference the registry's number for it
 * @param title what it is called
 * @param summary the lines that most people want to know
 * @param annulled that it was annulled, and when where that is told; null when it stands
 * @param annulledBecause as the institution wrote; null where that is not told
 * @param disputed that it is disputed, and since when; null when it is not
 * @param disputedUntil by when that is to be settled; null where that is not told
 * @param gone that nobody can read it any more, and why where that is told; null when it can be read
 * @param details everything else that is answered
 */
public record ShownQualification(
        String reference,
        Text title,
        List<Row> summary,
        @Nullable String annulled,
        @Nullable Text annulledBecause,
        @Nullable String disputed,
        @Nullable String disputedUntil,
        @Nullable String gone,
        List<Row> details) {

    /** What it is, and what is registered. */
    public record Row(String label, List<Text> values) {}

    /** All of an answer, the latest award first. */
    public static List<ShownQualification> all(Consultation answer, Words words, Locale locale) {
        return answer.qualifications().stream()
                .sorted(Comparator.comparing(ShownQualification::awardedOn).reversed())
                .map(each -> of(each, words, locale))
                .toList();
    }

    static ShownQualification of(Qualification each, Words words, Locale locale) {
        Rows summary = new Rows(words, locale);
        Rows details = new Rows(words, locale);
        Basis basis = each.basis();
        if (basis != null) {
            Basics.summary(summary, basis);
            Basics.details(details, basis);
        }
        Basics.registration(details, each);
        Consultation.Annulment annulment = each.annulment();
        return new ShownQualification(
                each.reference(),
                basis == null || basis.fullName() == null
                        ? new Text(words.say("qualification.nameless", locale), null)
                        : words.written(basis.fullName(), locale),
                summary.all(),
                annulled(each, words, locale),
                annulment == null ? null : words.written(annulment.reason(), locale),
                each.disputedSince() == null
                        ? null
                        : words.say("qualification.disputed", locale, words.day(each.disputedSince(), locale)),
                each.dispute() == null
                        ? null
                        : words.say(
                                "qualification.disputed-until",
                                locale,
                                words.day(each.dispute().respondBy(), locale)),
                gone(each, words, locale),
                details.all());
    }

    /** All that a version brought, in the order of {@link #summary} and {@link #details}. */
    public static List<Row> content(Basis basis, Words words, Locale locale) {
        Rows rows = new Rows(words, locale);
        rows.written("name", basis.fullName());
        Basics.summary(rows, basis);
        Basics.details(rows, basis);
        return rows.all();
    }

    /** Also where a mandate does not name when and why: that it is annulled is in every answer. */
    private static @Nullable String annulled(Qualification each, Words words, Locale locale) {
        Consultation.Annulment annulment = each.annulment();
        if (annulment != null) {
            return words.say("qualification.annulled", locale, words.day(annulment.recordedAt(), locale));
        }
        return each.state().equals("ANNULLED") ? words.say("qualification.annulled-undated", locale) : null;
    }

    private static @Nullable String gone(Qualification each, Words words, Locale locale) {
        if (each.shredded() != null) {
            return gone(each.shredded(), words, locale);
        }
        return each.state().equals("SHREDDED") ? words.say("qualification.gone-undated", locale) : null;
    }

    /** Since when nobody can read something, and why. */
    public static String gone(Shredded why, Words words, Locale locale) {
        return words.say("qualification.gone", locale, words.day(why.shreddedAt(), locale), why.legalBasis());
    }

    private static String awardedOn(Qualification each) {
        Basis basis = each.basis();
        return basis == null || basis.awardedOn() == null ? "" : basis.awardedOn();
    }
}
