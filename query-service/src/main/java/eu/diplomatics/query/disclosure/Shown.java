package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandate.Disclosure;
import eu.diplomatics.qualification.Mandate.When;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Key;
import eu.diplomatics.query.accesslog.AccessRows.Logged;
import eu.diplomatics.query.disclosure.Accesses.By;
import eu.diplomatics.query.disclosure.Accesses.Came;
import eu.diplomatics.query.disclosure.Accesses.Told;
import eu.diplomatics.query.disclosure.Accesses.Who;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person is told of accesses to what is theirs (R28): what the mandate says, in the version that each was answered
 * under. What cannot be judged is kept back; controller and data-protection officer see all.
 */
final class Shown {
    private static final Set<Who> STAFF = EnumSet.of(Who.CONTROLLER, Who.DPO, Who.AUDITOR);

    private final Map<Key, List<Granted>> versions;
    private final Optional<Granted> sample;
    private final LocalDate today;
    private final Set<String> own = new HashSet<>();

    /** @param own pseudonyms of the person who is told */
    Shown(Map<Key, List<Granted>> versions, Optional<Granted> sample, LocalDate today, List<byte[]> own) {
        this.versions = versions;
        this.sample = sample;
        this.today = today;
        own.forEach(subject -> this.own.add(HexFormat.of().formatHex(subject)));
    }

    /** Empty for what is kept back. */
    Optional<Told> of(Logged row) {
        return row.access().flatMap(access -> {
            By by = by(access.caller());
            if (by.role() != Who.AGENCY) {
                return Optional.of(told(row, access, by, null));
            }
            String agency = String.valueOf(by.id());
            return access.mandateVersion() == null
                    ? Optional.of(told(row, access, by, null)).filter(any -> !keepsAnythingBack(agency))
                    : terms(agency, access)
                            .filter(mandate -> isSeen(mandate.citizen()))
                            .map(mandate -> told(row, access, by, mandate));
        });
    }

    private Optional<Mandate> terms(String agency, Access access) {
        List<Granted> known = versions.get(new Key(agency, String.valueOf(access.purpose())));
        if (known == null) {
            return sample.map(Granted::terms);
        }
        return known.stream()
                .filter(each -> Long.valueOf(each.version()).equals(access.mandateVersion()))
                .map(Granted::terms)
                .findFirst();
    }

    private boolean isSeen(Disclosure citizen) {
        return citizen.when() == When.IMMEDIATELY
                || citizen.when() == When.FROM && citizen.from() != null && !today.isBefore(citizen.from());
    }

    /** A refused question has no mandate to judge it by: of an agency that is ever kept back, none is shown. */
    private boolean keepsAnythingBack(String agency) {
        return versions.entrySet().stream()
                .filter(each -> each.getKey().agency().equals(agency))
                .flatMap(each -> each.getValue().stream())
                .anyMatch(each -> !isSeen(each.terms().citizen()));
    }

    private By by(String caller) {
        int colon = caller.indexOf(':');
        String id = colon < 0 ? "" : caller.substring(colon + 1);
        return switch (colon < 0 ? caller : caller.substring(0, colon)) {
            case "AGENCY" -> new By(Who.AGENCY, id);
            case "SUPPLIER" -> new By(Who.SUPPLIER, id);
            case "CONTROLLER" -> new By(Who.CONTROLLER, null);
            case "DPO" -> new By(Who.DPO, null);
            case "AUDITOR" -> new By(Who.AUDITOR, null);
            case "CITIZEN" -> new By(id.isEmpty() || own.contains(id) ? Who.SELF : Who.CITIZEN, null);
            case "DELEGATE" -> new By(Who.DELEGATE, null);
            default -> new By(Who.REGISTRY, null);
        };
    }

    /** What staff looked for could name an agency that is kept back. */
    private static Told told(Logged row, Access access, By by, @Nullable Mandate mandate) {
        return new Told(
                row.id(),
                row.at(),
                by,
                access.purpose(),
                mandate == null ? null : mandate.legalBasis(),
                mandate == null ? null : mandate.citizen().sees(),
                access.operation(),
                STAFF.contains(by.role()) ? null : access.question(),
                came(access.outcome()),
                access.disclosed().stream()
                        .map(Access.Disclosed::reference)
                        .distinct()
                        .toList());
    }

    private static Came came(String outcome) {
        return switch (outcome) {
            case "FOUND" -> Came.DISCLOSED;
            case "NOT_FOUND", "FILTERED" -> Came.NOTHING_FOUND;
            case "SHREDDED" -> Came.UNREADABLE;
            case "TRUE" -> Came.YES;
            case "FALSE" -> Came.NO;
            case "OPENED" -> Came.FOLLOWED;
            default -> Came.REFUSED;
        };
    }
}
