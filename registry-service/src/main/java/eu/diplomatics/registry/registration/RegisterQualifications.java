package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import java.util.List;
import java.util.UUID;

/**
 * Register up to {@value #MAX_ROWS} qualifications, each on its own merits: one command, since a command for each would
 * cost more than the work itself.
 *
 * @param triedBefore whether some of the rows may have been appended already by an attempt whose outcome was lost
 * @param dryRun say what would become of each row and append nothing
 */
public record RegisterQualifications(List<Row> rows, EventMetadata metadata, boolean triedBefore, boolean dryRun) {
    public static final int MAX_ROWS = 500;

    public RegisterQualifications {
        rows = List.copyOf(rows);
        if (rows.isEmpty() || rows.size() > MAX_ROWS) {
            throw new IllegalArgumentException("one command holds 1 to " + MAX_ROWS + " rows");
        }
    }

    /** @param command the same for every attempt at this row, so that none counts twice */
    public record Row(UUID command, RegisterQualification registration) {}
}
