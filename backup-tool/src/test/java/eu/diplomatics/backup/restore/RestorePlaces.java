package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.json.JsonMapper;

/** Four empty databases with their roles, to restore into. */
final class RestorePlaces {
    private static final Map<SourceDatabase, Database> KINDS = Map.of(
            SourceDatabase.EVENTSTORE, Database.EVENTSTORE,
            SourceDatabase.ACCESSLOG, Database.ACCESSLOG,
            SourceDatabase.REGISTRY, Database.REGISTRY,
            SourceDatabase.KEYRING, Database.KEYRING);

    private final Map<SourceDatabase, DatabaseAccess> databases = new EnumMap<>(SourceDatabase.class);

    private RestorePlaces(PostgresInstance server) {
        KINDS.forEach((database, kind) -> databases.put(database, TestServices.database(server, kind)));
    }

    static RestorePlaces empty() {
        return in(TestServices.postgres());
    }

    static RestorePlaces in(PostgresInstance server) {
        return new RestorePlaces(server);
    }

    DatabaseAccess access(SourceDatabase database) {
        DatabaseAccess access = databases.get(database);
        if (access == null) {
            throw new IllegalArgumentException("no " + database);
        }
        return access;
    }

    Map<SourceDatabase, DataSource> migrators() {
        Map<SourceDatabase, DataSource> migrators = new EnumMap<>(SourceDatabase.class);
        databases.forEach((database, access) -> migrators.put(database, source(access, access.migrator())));
        return migrators;
    }

    DataSource as(SourceDatabase database, String role) {
        return source(access(database), access(database).role(role));
    }

    private static DataSource source(DatabaseAccess access, Login login) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(access.url());
        source.setUser(login.username());
        source.setPassword(login.password());
        return source;
    }

    /** For the command line. */
    Path target(Path directory) throws IOException {
        Map<String, Object> logins = new HashMap<>();
        for (Map.Entry<SourceDatabase, DatabaseAccess> each : databases.entrySet()) {
            Path password = Files.createTempFile(directory, "migrator", ".password");
            Files.writeString(password, each.getValue().migrator().password());
            logins.put(
                    each.getKey().databaseName(),
                    Map.of(
                            "url", each.getValue().url(),
                            "username", each.getValue().migrator().username(),
                            "passwordFile", password.toString()));
        }
        Path file = Files.createTempFile(directory, "target", ".json");
        Files.writeString(file, JsonMapper.shared().writeValueAsString(Map.of("databases", logins)));
        return file;
    }

    /** The first column, as the owner sees it. */
    List<String> strings(SourceDatabase database, String query) throws SQLException {
        return strings(access(database), query);
    }

    static List<String> strings(DatabaseAccess access, String query) throws SQLException {
        List<String> found = new ArrayList<>();
        Login migrator = access.migrator();
        try (Connection connection =
                DriverManager.getConnection(access.url(), migrator.username(), migrator.password())) {
            try (PreparedStatement become = connection.prepareStatement(access.migratorInitSql())) {
                become.execute();
            }
            try (PreparedStatement statement = connection.prepareStatement(query);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(String.valueOf(rows.getString(1)));
                }
            }
        }
        return found;
    }

    void execute(SourceDatabase database, String statement) throws SQLException {
        DatabaseAccess access = access(database);
        Login migrator = access.migrator();
        try (Connection connection =
                        DriverManager.getConnection(access.url(), migrator.username(), migrator.password());
                PreparedStatement become = connection.prepareStatement(access.migratorInitSql());
                PreparedStatement done = connection.prepareStatement(statement)) {
            become.execute();
            done.execute();
        }
    }
}
