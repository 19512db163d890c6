package eu.diplomatics.local;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/**
 * Creates databases and roles, as often as asked. Grants nothing but CONNECT: what a role may do stands in the
 * migrations of the module that owns the schema.
 */
public final class LocalDatabases {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,40}");
    private static final String ROLE_ATTRIBUTES = " NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

    private final PostgresInstance postgres;
    private final Function<String, String> passwords;

    /** {@code passwords} gives the password of a role by its name, the same for every call. */
    public LocalDatabases(PostgresInstance postgres, Function<String, String> passwords) {
        this.postgres = postgres;
        this.passwords = passwords;
    }

    /** The database under its own name. */
    public DatabaseAccess create(Database database) {
        return create(database, database.databaseName());
    }

    /** The database under another name, beside others of its kind with the same roles. */
    public DatabaseAccess create(Database database, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a database name");
        }
        Map<String, Login> logins = new LinkedHashMap<>();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC");
            createRole(connection, database.owner(), "NOLOGIN NOINHERIT");
            for (String role : database.logins()) {
                createRole(connection, role, "LOGIN NOINHERIT");
                Login login = new Login(role, passwords.apply(role));
                // Sends the verifier, not the password.
                connection
                        .unwrap(PGConnection.class)
                        .alterUserPassword(role, login.password().toCharArray(), "scram-sha-256");
                logins.put(role, login);
            }
            statement.execute("GRANT " + database.owner() + " TO " + database.migrator()
                    + " WITH ADMIN FALSE, INHERIT FALSE, SET TRUE");
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", name)) {
                statement.execute("CREATE DATABASE " + name + " OWNER " + database.owner() + " TEMPLATE template0");
            }
            statement.execute("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC");
            statement.execute("GRANT CONNECT ON DATABASE " + name + " TO " + String.join(", ", database.logins()));
        } catch (SQLException e) {
            throw new IllegalStateException("database " + name + " could not be created", e);
        }
        revokePublicSchema(name);
        return new DatabaseAccess(database, postgres.jdbcUrl(name), client -> postgres.jdbcUrl(name, client), logins);
    }

    private void revokePublicSchema(String name) {
        try (Connection connection = postgres.connect(name);
                Statement statement = connection.createStatement()) {
            statement.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
        } catch (SQLException e) {
            throw new IllegalStateException("schema public of " + name + " could not be closed", e);
        }
    }

    private static void createRole(Connection connection, String role, String kind) throws SQLException {
        boolean present = exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", role);
        try (Statement statement = connection.createStatement()) {
            statement.execute((present ? "ALTER ROLE " : "CREATE ROLE ") + role + " " + kind + ROLE_ATTRIBUTES);
        }
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }
}
