package eu.diplomatics.quickstart.roles;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.golive.RoleRights;
import eu.diplomatics.golive.RoleRights.Right;
import eu.diplomatics.local.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R07: what the documented matrix does not give a role, the database refuses it, statement by statement. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForbiddenStatementsTest {
    private static final String FORBIDDEN = "42501";

    /** What no login may do anywhere, whatever database it is in. */
    private static final List<String> NOBODY = List.of(
            "CREATE TABLE public.mine (a integer)",
            "CREATE TEMPORARY TABLE mine (a integer)",
            "CREATE SCHEMA mine",
            "CREATE ROLE mine",
            "CREATE DATABASE mine",
            "ALTER SYSTEM SET fsync = off",
            "SET session_replication_role = replica",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "COPY (SELECT 1) TO '/tmp/never'",
            "SELECT pg_read_file('postgresql.conf')",
            "SELECT pg_ls_dir('.')",
            "SELECT pg_reload_conf()",
            "SELECT rolpassword FROM pg_authid",
            "SELECT pg_create_physical_replication_slot('mine')",
            "GRANT pg_read_all_data TO CURRENT_USER",
            "ALTER ROLE postgres PASSWORD 'mine'",
            "SET ROLE postgres");

    private static final String TABLES = """
            SELECT n.nspname || '.' || c.relname, (SELECT quote_ident(attname) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum LIMIT 1)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname !~ '^(pg_|information_schema$)' AND c.relkind IN ('r', 'p')
            """;
    private static final String FUNCTIONS = """
            SELECT n.nspname || '.' || proname || '/' || pronargs, 'SELECT ' || n.nspname || '.' || proname || '('
                || coalesce((SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY i)
                    FROM unnest(proargtypes) WITH ORDINALITY AS a (t, i)), '') || ')'
            FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
            WHERE n.nspname !~ '^(pg_|information_schema$)' AND prorettype <> 'trigger'::regtype AND prokind = 'f'
            """;

    private final AllDatabases databases = new AllDatabases();

    @ParameterizedTest
    @EnumSource
    void whatIsNotDocumentedIsRefused(Database database) throws SQLException {
        Map<String, String> tables;
        Map<String, String> functions;
        try (Connection connection = databases.connect(database, database.migrator())) {
            tables = pairs(connection, TABLES);
            functions = pairs(connection, FUNCTIONS);
        }
        int tried = 0;
        List<String> allowed = new ArrayList<>();
        for (String role : database.logins()) {
            if (role.equals(database.migrator())) {
                continue;
            }
            Set<String> may = RoleRights.documented().stream()
                    .filter(right -> right.role().equals(role))
                    .map(ForbiddenStatementsTest::withoutColumn)
                    .collect(Collectors.toSet());
            List<String> statements = new ArrayList<>(NOBODY);
            statements.add("SET ROLE " + database.owner());
            statements.add("SET ROLE " + database.migrator());
            tables.forEach((name, column) -> statements.addAll(beyond(may, name, column)));
            functions.forEach((name, call) -> {
                if (!may.contains("function " + name + " EXECUTE")) {
                    statements.add(call);
                }
            });
            try (Connection connection = databases.connect(database, role)) {
                for (String sql : statements) {
                    String state = state(connection, sql);
                    if (!state.equals(FORBIDDEN)) {
                        allowed.add(role + ": " + sql + ": " + state);
                    }
                }
            }
            tried += statements.size();
        }
        assertThat(allowed).isEmpty();
        assertThat(tried).as("statements tried").isGreaterThan(50);
    }

    private static List<String> beyond(Set<String> may, String table, String column) {
        Map<String, String> statements = new LinkedHashMap<>();
        statements.put("SELECT", "SELECT " + column + " FROM " + table + " LIMIT 0");
        statements.put("INSERT", "INSERT INTO " + table + " DEFAULT VALUES");
        statements.put("UPDATE", "UPDATE " + table + " SET " + column + " = DEFAULT WHERE false");
        statements.put("DELETE", "DELETE FROM " + table + " WHERE false");
        statements.put("TRUNCATE", "TRUNCATE " + table);
        statements.put(
                "TRIGGER",
                "CREATE TRIGGER mine BEFORE INSERT ON " + table
                        + " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()");
        statements.put("MAINTAIN", "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
        String normal = table.replaceAll("_\\d+$", "_N");
        statements.keySet().removeIf(privilege -> may.contains("table " + normal + " " + privilege));
        if (may.stream().anyMatch(right -> right.matches("table \\Q" + normal + "\\E (UPDATE|DELETE|TRUNCATE)"))) {
            statements.remove("MAINTAIN"); // who may change rows may lock, too
        }
        List<String> all = new ArrayList<>(statements.values());
        all.add("ALTER TABLE " + table + " DISABLE TRIGGER ALL");
        return all;
    }

    private static String withoutColumn(Right right) {
        return right.object() + " " + right.privilege().replaceAll("\\(.*", "");
    }

    private static Map<String, String> pairs(Connection connection, String query) throws SQLException {
        Map<String, String> pairs = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                pairs.put(rows.getString(1), rows.getString(2));
            }
        }
        return pairs;
    }

    private static String state(Connection connection, String sql) throws SQLException {
        // these refuse a transaction before they ask who it is
        boolean alone = sql.startsWith("CREATE DATABASE") || sql.startsWith("ALTER SYSTEM");
        connection.setAutoCommit(alone);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return "allowed";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        } finally {
            if (!alone) {
                connection.rollback();
            }
        }
    }
}
