package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Key;
import eu.diplomatics.query.accesslog.AccessRows.Logged;
import eu.diplomatics.query.disclosure.Accesses.Details;
import eu.diplomatics.query.disclosure.Accesses.Row;
import eu.diplomatics.query.disclosure.Accesses.Under;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as they were written, with the mandates they name. */
final class Whole {
    private Whole() {}

    static Row of(Logged row, Map<Key, List<Granted>> mandates, Shown shown) {
        Access access = row.access().orElse(null);
        byte[] subject = access == null ? null : access.subject();
        return new Row(
                row.id(),
                row.at(),
                subject == null ? null : HexFormat.of().formatHex(subject),
                subject == null ? null : shown.of(row).isPresent(),
                access == null ? null : details(access, mandates));
    }

    private static Details details(Access access, Map<Key, List<Granted>> mandates) {
        return new Details(
                access.caller(),
                access.purpose(),
                access.caseReference(),
                access.endUser(),
                under(access, mandates),
                access.operation(),
                access.question(),
                access.outcome(),
                access.asOf(),
                access.disclosed(),
                access.traceId(),
                access.xRoad());
    }

    private static @Nullable Under under(Access access, Map<Key, List<Granted>> mandates) {
        Long version = access.mandateVersion();
        if (version == null) {
            return null;
        }
        Key key = new Key(access.caller().replaceFirst("^AGENCY:", ""), String.valueOf(access.purpose()));
        return mandates.getOrDefault(key, List.of()).stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .map(Granted::terms)
                .map(terms -> new Under(version, terms.legalBasis(), terms.citizen()))
                .orElseGet(() -> new Under(version, null, null));
    }
}
