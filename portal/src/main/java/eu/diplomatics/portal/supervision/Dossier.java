package eu.diplomatics.portal.supervision;

import eu.diplomatics.portal.access.ShownAccess;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.qualification.ShownQualification;
import eu.diplomatics.portal.registry.FoundAccesses.Details;
import eu.diplomatics.portal.registry.FoundAccesses.Disclosed;
import eu.diplomatics.portal.registry.FoundAccesses.Row;
import eu.diplomatics.portal.registry.FoundAccesses.Under;
import eu.diplomatics.portal.registry.History.Version;
import eu.diplomatics.portal.registry.MyAccesses.Access;
import eu.diplomatics.portal.registry.MyAccesses.By;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All about one person, in words to that person.
 *
 * @param records what is registered, each with all its versions
 * @param looks who looked, as the person sees it on their own pages: no clerk and no case of an agency's
 * @param keptBack rows that the person is not told of today, or that are not what was sealed; for the officer alone
 * @param complete whether these are all rows there are
 */
record Dossier(List<Kept> records, List<ShownAccess> looks, List<ShownRow> keptBack, boolean complete) {

    /** What they look for could name an agency that is kept back. */
    private static final Set<String> STAFF = Set.of("CONTROLLER", "DPO", "AUDITOR");

    /** A qualification and its versions, the oldest first. */
    record Kept(ShownQualification now, List<ShownVersion> versions) {}

    /** @param content what the version brought; empty where it changed nothing of that */
    record ShownVersion(String title, @Nullable String reason, List<ShownQualification.Row> content) {
        static ShownVersion of(Version version, Words words, Locale locale) {
            return new ShownVersion(
                    words.say(
                            "version.title",
                            locale,
                            version.version(),
                            words.code("version", version.type(), locale).text(),
                            words.moment(version.recordedAt(), locale)),
                    version.reason(),
                    version.basis() == null ? List.of() : ShownQualification.content(version.basis(), words, locale));
        }
    }

    static Dossier of(List<Kept> records, List<Row> rows, boolean complete, Words words, Locale locale) {
        return new Dossier(
                records,
                rows.stream()
                        .filter(Dossier::isTold)
                        .map(row -> ShownAccess.of(toPerson(row), words, locale))
                        .toList(),
                rows.stream()
                        .filter(row -> !isTold(row))
                        .map(row -> ShownRow.of(row, false, words, locale))
                        .toList(),
                complete);
    }

    /** The query-service says it; where it does not, the row is kept back. */
    private static boolean isTold(Row row) {
        return Boolean.TRUE.equals(row.personSees()) && row.details() != null;
    }

    private static Access toPerson(Row row) {
        Details details = row.details();
        if (details == null) {
            throw new IllegalArgumentException("nothing is known of it");
        }
        Under mandate = details.mandate();
        By by = by(details.caller(), row.subject());
        return new Access(
                row.id(),
                row.at(),
                by,
                details.purpose(),
                mandate == null ? null : mandate.legalBasis(),
                mandate == null || mandate.citizen() == null
                        ? null
                        : mandate.citizen().sees(),
                details.operation(),
                STAFF.contains(by.role()) ? null : details.question(),
                came(details.outcome()),
                details.disclosed().stream()
                        .map(Disclosed::reference)
                        .distinct()
                        .toList());
    }

    /** As the query-service names them to the person concerned. */
    private static By by(String caller, @Nullable String subject) {
        String[] both = caller.split(":", 2);
        String id = both.length < 2 ? "" : both[1];
        return switch (both[0]) {
            case "AGENCY", "SUPPLIER" -> new By(both[0], id);
            case "CONTROLLER", "DPO", "AUDITOR", "DELEGATE" -> new By(both[0], null);
            case "CITIZEN" -> new By(id.isEmpty() || id.equals(subject) ? "SELF" : "CITIZEN", null);
            default -> new By("REGISTRY", null);
        };
    }

    private static String came(String outcome) {
        return switch (outcome) {
            case "FOUND" -> "DISCLOSED";
            case "NOT_FOUND", "FILTERED" -> "NOTHING_FOUND";
            case "SHREDDED" -> "UNREADABLE";
            case "OPENED" -> "FOLLOWED";
            case "TRUE" -> "YES";
            case "FALSE" -> "NO";
            default -> "REFUSED";
        };
    }
}
