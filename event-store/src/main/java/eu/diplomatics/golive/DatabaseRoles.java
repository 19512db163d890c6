package eu.diplomatics.golive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The roles of this service can do what the migrations grant and no more, and nobody but the owner changes events. */
public final class DatabaseRoles implements GoLiveCondition {
    private static final String ATTRIBUTES = """
            SELECT attribute FROM pg_roles CROSS JOIN LATERAL (VALUES ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls),
                ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication))
                AS attributes (attribute, has)
            WHERE rolname = current_user AND has
            UNION ALL SELECT 'member of ' || roleid::regrole FROM pg_auth_members
            WHERE member = (SELECT oid FROM pg_roles WHERE rolname = current_user)
            """;
    private static final String CHANGES = """
            SELECT c.relname || ' ' || privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) AS p (privilege)
            WHERE n.nspname !~ '^(pg_|information_schema)' AND c.relkind IN ('r', 'p')
                AND (has_table_privilege(c.oid, privilege)
                    OR privilege IN ('INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(c.oid, privilege))
            """;
    private static final String OTHERS = """
            SELECT r.rolname || ': ' || c.relname || ' ' || privilege
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN pg_roles r
            CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p (privilege)
            WHERE n.nspname = 'eventstore' AND c.relkind IN ('r', 'p')
                AND (c.relname IN ('event', 'head') OR c.relname LIKE 'event_tag%' OR c.relname LIKE 'ciphertext%')
                AND NOT r.rolsuper AND r.oid <> c.relowner AND has_table_privilege(r.oid, c.oid, privilege)
                AND r.rolname <> 'pg_write_all_data'
            """;

    private final List<CheckedDatabase> databases;

    public DatabaseRoles(List<CheckedDatabase> databases) {
        this.databases = List.copyOf(databases);
    }

    @Override
    public String id() {
        return "database-roles";
    }

    @Override
    public String requirement() {
        return "R07";
    }

    @Override
    public Verdict check() throws SQLException {
        List<String> wrong = new ArrayList<>();
        for (CheckedDatabase database : databases) {
            try (Connection connection = database.source().getConnection()) {
                String where = database.role() + ": ";
                texts(connection, ATTRIBUTES).forEach(attribute -> wrong.add(where + attribute));
                Set<String> may = database.mayChange();
                if (may != null) {
                    texts(connection, CHANGES).stream()
                            .filter(change -> !may.contains(change))
                            .forEach(change -> wrong.add(where + change));
                }
                RoleRights.beyondDocumented(connection).forEach(right -> wrong.add(right.toString()));
                texts(connection, OTHERS).stream()
                        .filter(other -> !wrong.contains(other))
                        .forEach(wrong::add);
            }
        }
        return wrong.isEmpty()
                ? Verdict.green(databases.size() + " roles can do what they must and no more")
                : Verdict.red(String.join("; ", wrong), "revoke it: roles get their rights from the migrations only");
    }

    private static List<String> texts(Connection connection, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
