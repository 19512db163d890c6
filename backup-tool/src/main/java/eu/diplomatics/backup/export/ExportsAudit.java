package eu.diplomatics.backup.export;

import eu.diplomatics.backup.export.ExportRegister.Entry;
import eu.diplomatics.backup.generation.KeysAudit;
import eu.diplomatics.backup.generation.KeysAudit.Code;
import eu.diplomatics.backup.generation.KeysAudit.Finding;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.portable.PortableException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether an export at the second provider holds what has to be gone, or what opened one that went may still be there
 * (R10, R17). An export stands under no key of ours, so it is held against the log: what was shredded, which keys ended.
 */
public final class ExportsAudit {
    private final Place place;
    private final ExportRegister register;
    private final ExportDue due;

    public ExportsAudit(Place place, ExportRegister register, ExportDue due) {
        this.place = place;
        this.register = register;
        this.due = due;
    }

    /** @param verdict what is there, and by when it has to go */
    public record Report(ExportDue.Verdict verdict, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /** @throws PortableException when the register is not to be believed */
    public Report report(Instant now) throws IOException, SQLException, PortableException {
        List<Entry> entries = register.entries();
        ExportDue.Verdict verdict = due.of(entries, now);
        List<Finding> findings = new ArrayList<>();
        for (ExportDue.Due each : verdict.exports()) {
            if (each.state() == ExportDue.State.OVERDUE) {
                findings.add(new Finding(
                        Code.EXPORT_OVERDUE,
                        each.export().id(),
                        "a newer one was to be in its place by " + each.dueAt()));
            }
        }
        for (ExportDue.Identity each : verdict.identities()) {
            if (each.overdue()) {
                findings.add(new Finding(
                        Code.IDENTITY_NOT_DESTROYED,
                        each.export().id(),
                        "to be destroyed by " + each.dueAt() + ", which nobody filed"));
            }
        }
        List<String> there = entries.stream()
                .filter(Entry::remains)
                .map(entry -> ExportRegister.PREFIX + entry.id() + "/")
                .toList();
        place.list(ExportRegister.PREFIX).stream()
                .map(Place.PlacedObject::name)
                .filter(name ->
                        !name.equals(ExportRegister.NAME) && there.stream().noneMatch(name::startsWith))
                .map(name -> new KeysAudit.Finding(Code.UNACCOUNTED, name, "of no export that the register knows"))
                .forEach(findings::add);
        return new Report(verdict, findings);
    }
}
