package eu.diplomatics.quickstart.roles;

import eu.diplomatics.eventstore.EventStoreMigrations;
import eu.diplomatics.keyring.KeyringSchema;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.shipping.ControllerSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/** All six databases, with all migrations. */
final class AllDatabases {
    private final Map<Database, DatabaseAccess> databases = TestServices.databases();

    AllDatabases() {
        Login log = access(Database.EVENTSTORE).migrator();
        EventStoreMigrations.migrate(access(Database.EVENTSTORE).url(), log.username(), log.password());
        KeyringSchema.migrate(migrator(Database.KEYRING));
        migrate(Database.REGISTRY, "batch", "registry-service");
        migrate(Database.QUERY, "projection", "query-service");
        migrate(Database.ACCESSLOG, "accesslog", "query-service");
        Login controller = access(Database.CONTROLLER).migrator();
        ControllerSchema.migrate(access(Database.CONTROLLER).url(), controller.username(), controller.password());
    }

    /** As its module does, whose classes are not known here. */
    private void migrate(Database database, String schema, String module) {
        Flyway.configure()
                .dataSource(migrator(database))
                .locations("filesystem:../" + module + "/src/main/resources/db/" + database.databaseName())
                .schemas(schema)
                .cleanDisabled(true)
                .load()
                .migrate();
    }

    /** In the midst of what makes tables: re-encryption, a second incarnation, a rewrite of the keyring, a rebuild. */
    void beginAll() throws SQLException {
        asOwner(
                Database.EVENTSTORE,
                "SELECT eventstore.begin_reencryption()",
                "SELECT eventstore.begin_incarnation(1, 'log', h.epoch, 2, 0, 'declared') FROM eventstore.head h");
        asOwner(Database.KEYRING, "SELECT keyring.begin_rewrite(gen_random_uuid(), '{}', now())");
        asOwner(Database.QUERY, "SELECT projection.begin_rebuild()");
    }

    private void asOwner(Database database, String... statements) throws SQLException {
        try (Connection connection = connect(database, database.migrator());
                Statement statement = connection.createStatement()) {
            statement.execute(access(database).migratorInitSql());
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private PGSimpleDataSource migrator(Database database) {
        Login migrator = access(database).migrator();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(access(database).url());
        source.setUser(migrator.username());
        source.setPassword(migrator.password());
        return source;
    }

    DatabaseAccess access(Database database) {
        return Objects.requireNonNull(databases.get(database));
    }

    Connection connect(Database database, Login login) throws SQLException {
        return DriverManager.getConnection(access(database).url(), login.username(), login.password());
    }

    /** As one of its roles, by the full name. */
    Connection connect(Database database, String role) throws SQLException {
        return connect(database, access(database).login(role));
    }
}
