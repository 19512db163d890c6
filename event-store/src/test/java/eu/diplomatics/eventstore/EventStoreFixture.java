package eu.diplomatics.eventstore;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A migrated, empty event store in a database of its own, with every role of it. */
public final class EventStoreFixture implements AutoCloseable {
    private final PostgresInstance postgres;
    private final DatabaseAccess access;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private EventStoreFixture(PostgresInstance postgres) {
        this.postgres = postgres;
        this.access = TestServices.database(postgres, Database.EVENTSTORE);
        Login migrator = access.migrator();
        EventStoreMigrations.migrate(access.url(), migrator.username(), migrator.password());
    }

    /** In the server that the tests of this JVM share. */
    public static EventStoreFixture create() {
        return new EventStoreFixture(TestServices.postgres());
    }

    /** In a server that the test may kill, and closes. */
    public static EventStoreFixture create(PostgresInstance postgres) {
        return new EventStoreFixture(postgres);
    }

    public DatabaseAccess access() {
        return access;
    }

    public PostgresInstance postgres() {
        return postgres;
    }

    /** A writer; opening it deposes the one before. */
    public PostgresEventLog openLog() {
        return openLog(EventLogSettings.defaults());
    }

    public PostgresEventLog openLog(EventLogSettings settings) {
        return openLog(access.url(), settings);
    }

    /** A writer by another way to the same database. */
    public PostgresEventLog openLog(String url, EventLogSettings settings) {
        Login writer = access.role("writer");
        return keep(PostgresEventLog.open(url, writer.username(), writer.password(), settings));
    }

    public PostgresEventReader openReader() {
        return new PostgresEventReader(dataSource("reader"));
    }

    /** A small pool for a role by its short name: writer, reader or relay. */
    public DataSource dataSource(String role) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(access.url());
        config.setUsername(access.role(role).username());
        config.setPassword(access.role(role).password());
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        return keep(new HikariDataSource(config));
    }

    /** A connection of a role. */
    public Connection connect(String role) throws SQLException {
        return connect(access.role(role));
    }

    /** A connection that is the owner of the tables, for what no role of a service can do. */
    public Connection connectAsOwner() throws SQLException {
        Connection connection = connect(access.migrator());
        try (Statement statement = connection.createStatement()) {
            statement.execute(access.migratorInitSql());
        }
        return connection;
    }

    private Connection connect(Login login) throws SQLException {
        return DriverManager.getConnection(access.url(), login.username(), login.password());
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : opened.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("the fixture could not be closed", e);
            }
        }
    }
}
