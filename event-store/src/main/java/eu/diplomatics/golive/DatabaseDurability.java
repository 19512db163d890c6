package eu.diplomatics.golive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a database acknowledged is on its disk. */
public final class DatabaseDurability implements GoLiveCondition {
    private static final String SETTINGS = "SELECT current_setting('fsync'), current_setting('full_page_writes'),"
            + " current_setting('synchronous_commit')";
    private static final Set<String> COMMITS = Set.of("on", "remote_apply");

    private final List<CheckedDatabase> databases;

    public DatabaseDurability(List<CheckedDatabase> databases) {
        this.databases = List.copyOf(databases);
    }

    @Override
    public String id() {
        return "database-durability";
    }

    @Override
    public String requirement() {
        return "R33";
    }

    @Override
    public Verdict check() throws SQLException {
        List<String> wrong = Sessions.wrong(databases, SETTINGS, (database, row) -> wrong(row));
        return wrong.isEmpty()
                ? Verdict.green("fsync, full_page_writes and synchronous_commit are on")
                : Verdict.red(String.join("; ", wrong), "switch them on in postgresql.conf and reload");
    }

    private static List<String> wrong(ResultSet row) throws SQLException {
        List<String> wrong = new ArrayList<>();
        if (!"on".equals(row.getString(1))) {
            wrong.add("fsync is off");
        }
        if (!"on".equals(row.getString(2))) {
            wrong.add("full_page_writes is off");
        }
        if (!COMMITS.contains(row.getString(3))) {
            wrong.add("synchronous_commit is " + row.getString(3));
        }
        return wrong;
    }
}
