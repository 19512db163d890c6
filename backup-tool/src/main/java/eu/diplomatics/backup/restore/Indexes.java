package eu.diplomatics.backup.restore;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Indexes of large tables are made when their rows are there, at once instead of row by row. */
final class Indexes {
    /** What makes them again, primary keys first; those that a foreign key needs stay. */
    private static final String REMEMBER = """
            INSERT INTO restore.index (definition)
            SELECT CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
                   ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END
              FROM pg_index i
              LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u')
             WHERE i.indrelid = ?::regclass
               AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
             ORDER BY i.indisprimary DESC, c.oid IS NULL, i.indexrelid
            """;

    private static final String DROP = """
            SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
                   ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END
              FROM pg_index i
              LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u')
             WHERE i.indrelid = ?::regclass
               AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
            """;

    private Indexes() {}

    /** In the transaction of the caller: without indexes, and remembered. */
    static void takeAway(TargetDatabase target, String table) throws SQLException {
        target.execute(REMEMBER, table);
        for (String statement : target.strings(DROP, table)) {
            target.execute(statement);
        }
    }

    /** Each in a transaction of its own, those that are still missing. */
    static void make(TargetDatabase target) throws SQLException, IOException {
        while (true) {
            List<String> next = target.strings("SELECT n FROM restore.index ORDER BY n LIMIT 1");
            if (next.isEmpty()) {
                return;
            }
            long n = Long.parseLong(next.getFirst());
            target.transaction(() -> {
                target.execute(target.figure("SELECT definition FROM restore.index WHERE n = ?", n));
                target.execute("DELETE FROM restore.index WHERE n = ?", n);
            });
        }
    }
}
