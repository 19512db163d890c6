package eu.diplomatics.quickstart.roles;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.golive.RoleRights;
import eu.diplomatics.golive.RoleRights.Right;
import eu.diplomatics.local.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R07: role × object × privilege, of every role of all six databases, as the catalogue says it after all migrations, is
 * what is documented. {@code -Ddatabase.roles.write=true} writes both documents anew: read the difference before you keep
 * it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseRolesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path MATRIX = ROOT.resolve("event-store/src/main/resources/database-roles.txt");
    private static final Path DOCUMENT = ROOT.resolve("docs/database-roles.md");
    private static final String BEGIN = "<!-- what follows is written by DatabaseRolesTest -->\n";
    private static final String HEAD = """
            # What each role may do in its database, after all migrations: role, object, privileges.
            # N stands for the number in the name of a table that is made anew. DatabaseRolesTest compares and writes it.
            """;

    private final AllDatabases databases = new AllDatabases();
    private final Map<Database, SortedSet<Right>> actual = new TreeMap<>();

    /** At rest, and while work goes on that has tables of its own. */
    @BeforeAll
    void lookTwice() throws SQLException {
        look();
        databases.beginAll();
        look();
    }

    private void look() throws SQLException {
        for (Database database : Database.values()) {
            SortedSet<Right> rights = actual.computeIfAbsent(database, any -> new TreeSet<>());
            try (Connection connection = databases.connect(database, database.migrator())) {
                for (String role : roles(database)) {
                    rights.addAll(RoleRights.of(connection, role));
                }
            }
        }
    }

    private static List<String> roles(Database database) {
        List<String> roles = new ArrayList<>(database.logins());
        roles.addFirst(database.owner());
        return roles;
    }

    @Test
    void everyRoleMayDoWhatIsDocumentedAndNothingElse() throws IOException {
        String matrix = HEAD + lines();
        if (Boolean.getBoolean("database.roles.write")) {
            Files.writeString(MATRIX, matrix);
        }
        assertThat(matrix).isEqualTo(Files.readString(MATRIX));
        SortedSet<Right> all = actual.values().stream()
                .flatMap(SortedSet::stream)
                .filter(right -> !right.role().endsWith("_owner"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(all).isSubsetOf(RoleRights.documented());
    }

    /** Owners own: what they may do with their tables says nothing. */
    private String lines() {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<Database, SortedSet<Right>> each : actual.entrySet()) {
            lines.append("\n# ").append(each.getKey().databaseName()).append('\n');
            Map<String, List<String>> grouped = new TreeMap<>();
            for (Right right : each.getValue()) {
                if (!right.role().endsWith("_owner") || right.object().equals("role")) {
                    grouped.computeIfAbsent(right.role() + "  " + right.object(), any -> new ArrayList<>())
                            .add(right.privilege());
                }
            }
            grouped.forEach((who, privileges) -> lines.append(who)
                    .append("  ")
                    .append(String.join(", ", privileges))
                    .append('\n'));
        }
        return lines.toString();
    }

    @Test
    void theDocumentSaysTheSameForPeople() throws IOException {
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        if (Boolean.getBoolean("database.roles.write")) {
            Files.writeString(DOCUMENT, document.substring(0, begin) + tables());
            document = Files.readString(DOCUMENT);
        }
        assertThat(document.substring(begin)).isEqualTo(tables());
        for (Database database : Database.values()) {
            for (String role : roles(database)) {
                assertThat(document.substring(0, begin)).as("whose role it is").contains("`" + role + "`");
            }
        }
    }

    private String tables() {
        StringBuilder text = new StringBuilder();
        actual.forEach((database, rights) -> {
            text.append("\n### Database ").append(database.databaseName()).append("\n\n");
            text.append("| Role | Reads | Changes | Calls |\n|---|---|---|---|\n");
            for (String role : database.logins()) {
                text.append("| `").append(role).append("` | ");
                text.append(joined(rights, role, "table ", List.of("SELECT"))).append(" | ");
                text.append(joined(rights, role, "table ", List.of("INSERT", "UPDATE", "DELETE", "TRUNCATE")))
                        .append(" | ");
                text.append(joined(rights, role, "function ", List.of("EXECUTE")))
                        .append(" |\n");
            }
        });
        return text.toString();
    }

    /** Objects with what may be done, without the schema; a column's name says that it is some columns only. */
    private static String joined(SortedSet<Right> rights, String role, String kind, List<String> privileges) {
        Map<String, List<String>> found = new TreeMap<>();
        for (Right right : rights) {
            String privilege = right.privilege().replaceAll("\\(.*", "");
            if (right.role().equals(role) && right.object().startsWith(kind) && privileges.contains(privilege)) {
                String name = right.object().replaceAll("^.*\\.|/\\d+$", "");
                List<String> how = found.computeIfAbsent(name, any -> new ArrayList<>());
                String said = right.privilege().contains("(") ? privilege + " of columns" : privilege;
                if (!how.contains(said)) {
                    how.add(said);
                }
            }
        }
        return found.entrySet().stream()
                .map(each -> privileges.size() == 1 && each.getValue().equals(privileges)
                        ? each.getKey()
                        : each.getKey() + " (" + String.join(", ", each.getValue()) + ")")
                .collect(Collectors.joining(", "));
    }
}
