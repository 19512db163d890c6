package eu.diplomatics.inventory;

import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/** Looks for tables that nobody works with: copies, and what a migration or a rotation left. */
public final class LeftTables {
    private LeftTables() {}

    /**
     * Tells of each table of this database, in whatever schema, that has bytes or JSON in it and is not known.
     *
     * @param known with their schema
     */
    public static void report(DataSource dataSource, String store, Set<String> known, Report report) {
        try {
            new Queries(dataSource).tables(store, known, report);
        } catch (SQLException e) {
            report.finding(new Finding(
                    Finding.Code.NOT_SEEN, store, 0, "the database does not answer (" + e.getSQLState() + ")"));
        }
    }
}
