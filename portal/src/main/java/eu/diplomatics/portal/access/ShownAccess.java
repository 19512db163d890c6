package eu.diplomatics.portal.access;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.page.Words.Text;
import eu.diplomatics.portal.registry.MyAccesses.Access;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One look at a person's data, in words.
 *
 * @param who an agency by its name, else the part in which somebody looked
 * @param why the purpose; null where none is stated
 * @param told the mandate's own sentence to the person concerned, in the language that the controller wrote it in
 */
public record ShownAccess(
        String id,
        String at,
        String when,
        Text who,
        boolean self,
        @Nullable Text why,
        @Nullable String told,
        @Nullable String legalBasis,
        String what,
        @Nullable String question,
        String outcome) {
    private static final String OUTCOME = "outcome.";

    public static ShownAccess of(Access access, Words words, Locale locale) {
        String by = access.by().id();
        String outcome = Words.slug(access.outcome());
        return new ShownAccess(
                access.id(),
                access.at().toString(),
                words.moment(access.at(), locale),
                by == null
                        ? words.code("by", access.by().role(), locale)
                        : words.code(access.by().role().equals("AGENCY") ? "agency" : "supplier", by, locale),
                access.by().role().equals("SELF"),
                access.purpose() == null ? null : words.code("purpose", access.purpose(), locale),
                access.sees(),
                access.legalBasis(),
                words.code("operation", access.operation(), locale).text(),
                access.question(),
                outcome.equals("disclosed") && !access.records().isEmpty()
                        ? words.say(
                                OUTCOME + "disclosed-count",
                                locale,
                                access.records().size())
                        : words.code("outcome", access.outcome(), locale).text());
    }
}
