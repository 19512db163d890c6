package eu.diplomatics.golive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a role may do in a database, as the catalogue says, and what is documented for it: one file for all databases, from
 * which {@code docs/database-roles.md} is made.
 *
 * <p>Tables that are made anew with a number in their name stand there once, with N for the number.
 */
public final class RoleRights {
    private static final String DOCUMENTED = "database-roles.txt";
    private static final Pattern NUMBER = Pattern.compile("_\\d+$");
    private static final Pattern GAP = Pattern.compile(" {2,}");

    /** Names only, never a value; MAINTAIN is not known before PostgreSQL 17. */
    private static final String RIGHTS = """
            WITH me AS (SELECT * FROM pg_roles WHERE rolname = ?),
            mine AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'),
            kinds (privilege) AS (
                SELECT unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
                UNION ALL SELECT 'MAINTAIN' WHERE current_setting('server_version_num')::int >= 170000),
            relation AS (
                SELECT c.oid, c.relkind, n.nspname || '.' || c.relname AS name
                FROM pg_class c JOIN mine n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S'))
            SELECT 'role', attribute FROM me CROSS JOIN LATERAL (VALUES ('LOGIN', rolcanlogin), ('SUPERUSER', rolsuper),
                    ('BYPASSRLS', rolbypassrls), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
                    ('REPLICATION', rolreplication), ('INHERIT', rolinherit)) AS a (attribute, has) WHERE has
            UNION ALL SELECT 'role', 'MEMBER OF ' || r.rolname
                FROM pg_auth_members m JOIN me ON m.member = me.oid JOIN pg_roles r ON r.oid = m.roleid
            UNION ALL SELECT 'role', 'OWNER OF ' || d.classid::regclass || ' HERE'
                FROM pg_shdepend d JOIN me ON d.refobjid = me.oid
                WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
                    AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            UNION ALL SELECT 'database', privilege
                FROM me CROSS JOIN unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) AS p (privilege)
                WHERE has_database_privilege(me.oid, current_database(), privilege)
            UNION ALL SELECT 'schema ' || nspname, privilege
                FROM me CROSS JOIN mine CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) AS p (privilege)
                WHERE has_schema_privilege(me.oid, mine.oid, privilege)
            UNION ALL SELECT 'table ' || name, privilege FROM me CROSS JOIN relation CROSS JOIN kinds
                WHERE relkind <> 'S' AND has_table_privilege(me.oid, relation.oid, privilege)
            UNION ALL SELECT 'sequence ' || name, privilege
                FROM me CROSS JOIN relation CROSS JOIN unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS p (privilege)
                WHERE relkind = 'S' AND has_sequence_privilege(me.oid, relation.oid, privilege)
            UNION ALL SELECT 'table ' || name, privilege || '(' || attname || ')'
                FROM me CROSS JOIN relation JOIN pg_attribute a ON a.attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
                    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p (privilege)
                WHERE relkind <> 'S' AND NOT has_table_privilege(me.oid, relation.oid, privilege)
                    AND has_column_privilege(me.oid, relation.oid, attnum, privilege)
            UNION ALL SELECT 'function ' || nspname || '.' || proname || '/' || pronargs, 'EXECUTE'
                FROM me CROSS JOIN pg_proc f JOIN mine ON mine.oid = f.pronamespace
                WHERE has_function_privilege(me.oid, f.oid, 'EXECUTE')
            """;

    private RoleRights() {}

    /** One thing that a role may do: {@code es_reader}, {@code table eventstore.event}, {@code SELECT}. */
    public record Right(String role, String object, String privilege) implements Comparable<Right> {
        private static final Comparator<Right> ORDER =
                Comparator.comparing(Right::role).thenComparing(Right::object).thenComparing(Right::privilege);

        @Override
        public int compareTo(Right other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return role + ": " + object + " " + privilege;
        }

        /** The same for the whole table, where this is for one of its columns. */
        private Right ofWholeTable() {
            int column = privilege.indexOf('(');
            return column < 0 ? this : new Right(role, object, privilege.substring(0, column));
        }
    }

    /** What the role may do in the database of the connection, whoever asks. */
    public static SortedSet<Right> of(Connection connection, String role) throws SQLException {
        SortedSet<Right> rights = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement(RIGHTS)) {
            statement.setString(1, role);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String object = NUMBER.matcher(rows.getString(1)).replaceFirst("_N");
                    rights.add(new Right(role, object, rows.getString(2)));
                }
            }
        }
        return rights;
    }

    /** What is documented, for all roles of all databases. */
    public static SortedSet<Right> documented() {
        SortedSet<Right> rights = new TreeSet<>();
        try (InputStream in = RoleRights.class.getClassLoader().getResourceAsStream(DOCUMENTED)) {
            if (in == null) {
                throw new IllegalStateException(DOCUMENTED + " is not in the software");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> {
                        List<String> cells = List.of(GAP.split(line, 3));
                        for (String privilege : List.of(cells.get(2).split(", ", -1))) {
                            rights.add(new Right(cells.get(0), cells.get(1), privilege));
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rights;
    }

    /** What the role of this connection may do and is not documented. */
    static Set<Right> beyondDocumented(Connection connection) throws SQLException {
        SortedSet<Right> documented = documented();
        Set<Right> beyond = new LinkedHashSet<>();
        for (Right right : of(connection, connection.getMetaData().getUserName())) {
            if (!documented.contains(right) && !documented.contains(right.ofWholeTable())) {
                beyond.add(right);
            }
        }
        return beyond;
    }
}
