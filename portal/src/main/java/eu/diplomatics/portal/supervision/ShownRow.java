package eu.diplomatics.portal.supervision;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.registry.FoundAccesses.Citizen;
import eu.diplomatics.portal.registry.FoundAccesses.Details;
import eu.diplomatics.portal.registry.FoundAccesses.Row;
import eu.diplomatics.portal.registry.FoundAccesses.Under;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A row of the access log as it was written, for those who watch over it.
 *
 * @param who asked; null where the row is not what was sealed
 * @param keptBack whether the person concerned is not told of it today
 * @param lines everything else
 */
record ShownRow(String at, String when, @Nullable String who, boolean keptBack, List<Line> lines) {
    /** What it is, and what is there. */
    record Line(String label, String text) {}

    /** @param named whether the row says by its pseudonym about whom it is */
    static ShownRow of(Row row, boolean named, Words words, Locale locale) {
        Lines lines = new Lines(words, locale);
        Details details = row.details();
        if (details != null) {
            lines.add("purpose", details.purpose());
            lines.add("case", details.caseReference());
            lines.add("end-user", details.endUser());
            lines.add("what", words.code("asked", details.operation(), locale).text());
            lines.add("question", details.question());
            lines.add("as-of", details.asOf());
            lines.add("outcome", outcome(details.outcome(), words, locale));
            if (!details.disclosed().isEmpty()) {
                lines.add(
                        "records",
                        details.disclosed().stream()
                                .map(each -> each.reference() + " (" + each.version() + ")")
                                .collect(Collectors.joining(", ")));
            }
            mandate(details.mandate(), lines);
        }
        if (named) {
            lines.add("subject", row.subject());
        }
        lines.add("id", row.id());
        return new ShownRow(
                row.at().toString(),
                words.moment(row.at(), locale),
                details == null ? null : who(details.caller(), words, locale),
                Boolean.FALSE.equals(row.personSees()),
                List.copyOf(lines.all));
    }

    private static void mandate(@Nullable Under mandate, Lines lines) {
        if (mandate == null) {
            return;
        }
        lines.add("mandate", lines.words.say("row.mandate-version", lines.locale, mandate.version()));
        lines.add("legal-basis", mandate.legalBasis());
        Citizen citizen = mandate.citizen();
        if (citizen != null) {
            lines.add("told", citizen.sees());
            lines.add(
                    "told-when",
                    switch (citizen.when()) {
                        case "FROM" ->
                            lines.words.say(
                                    "told.from",
                                    lines.locale,
                                    lines.words.date(String.valueOf(citizen.from()), lines.locale));
                        case "WITHHELD" ->
                            lines.words.say("told.withheld", lines.locale, String.valueOf(citizen.withheldBy()));
                        default -> lines.words.say("told.immediately", lines.locale);
                    });
        }
    }

    /** An agency, an institution or one of the staff by the name that they call by; people by pseudonym. */
    private static String who(String caller, Words words, Locale locale) {
        String[] both = caller.split(":", 2);
        String name = both.length < 2 ? "" : both[1];
        String key = "caller." + Words.slug(both[0]) + (name.isEmpty() ? "-self" : "");
        return words.known(key, locale).map(any -> words.say(key, locale, name)).orElse(caller);
    }

    /** What is no outcome is the code of a refusal. */
    private static String outcome(String outcome, Words words, Locale locale) {
        String key = "came." + Words.slug(outcome);
        return words.known(key, locale).orElseGet(() -> words.say("came.refused", locale, outcome));
    }

    private static final class Lines {
        private final List<Line> all = new ArrayList<>();
        private final Words words;
        private final Locale locale;

        Lines(Words words, Locale locale) {
            this.words = words;
            this.locale = locale;
        }

        void add(String label, @Nullable String text) {
            if (text != null) {
                all.add(new Line(words.say("row." + label, locale), text));
            }
        }
    }
}
