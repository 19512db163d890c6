package eu.diplomatics.backup.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Whether the keyring's snapshot still has the keys that the log's one, taken before it, has its tags under. A rotation of
 * the reference key may end in between, and the next rewrite of the keyring leaves the old key out: references could then
 * be found by nobody, and be registered twice.
 */
public final class ReferenceKeys {
    private static final String NAME = "reference-key";
    private static final String NEEDED = """
            SELECT coalesce(string_agg(v.version::text, ','), '')
              FROM eventstore.tag_state s, LATERAL (VALUES (s.current), (s.next)) AS v (version)
             WHERE v.version IS NOT NULL AND EXISTS (SELECT FROM eventstore.event_tag)
            """;
    private static final String THERE =
            "SELECT coalesce(string_agg(name, ','), '') FROM keyring.secret WHERE name ~ '^reference-key(-[0-9]+)?$'";

    private String needed = "";

    /** The log's snapshot. */
    public void log(Snapshot log) throws SQLException {
        needed = log.figure(NEEDED);
    }

    /**
     * Whether a key is gone because the log went on to another meanwhile: then both are to be taken again. A key that is
     * gone while the log still needs it is none that another snapshot has.
     *
     * @param keyring its snapshot
     * @param log the log as it is now
     */
    public boolean wereReplaced(Snapshot keyring, DataSource log) throws SQLException {
        Set<String> missing = new HashSet<>();
        for (String version : needed.isEmpty() ? new String[0] : needed.split(",")) {
            missing.add(version.equals("1") ? NAME : NAME + "-" + version);
        }
        missing.removeAll(Set.of(keyring.figure(THERE).split(",")));
        return !missing.isEmpty() && !needed.equals(now(log));
    }

    private static String now(DataSource log) throws SQLException {
        try (Connection connection = log.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(NEEDED)) {
            row.next();
            return row.getString(1);
        }
    }
}
