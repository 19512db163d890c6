package eu.diplomatics.golive;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Asks the same of a session with each database. */
final class Sessions {
    private Sessions() {}

    /** What is wrong in the answer, if anything. */
    @FunctionalInterface
    interface Judge {
        List<String> wrong(CheckedDatabase database, ResultSet row) throws SQLException;
    }

    /** What is wrong, each with role and database; the query answers one row. */
    static List<String> wrong(List<CheckedDatabase> databases, String query, Judge judge) throws SQLException {
        List<String> wrong = new ArrayList<>();
        for (CheckedDatabase database : databases) {
            try (Connection connection = database.source().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                row.next();
                judge.wrong(database, row)
                        .forEach(what -> wrong.add(database.role() + " at " + database.name() + ": " + what));
            }
        }
        return wrong;
    }
}
