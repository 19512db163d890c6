package eu.diplomatics.query.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.flywaydb.core.Flyway;

/** Connection pools with an upper bound on their size and on every wait (L09), and the schema migrations. */
public final class Pools {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private Pools() {}

    /**
     * A pool that starts without its database and never waits longer than {@code statement} for an answer.
     *
     * @param statement how long one statement may take
     */
    public static HikariDataSource open(String name, String url, Login login, int size, Duration statement) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setUsername(login.username());
        config.setPassword(login.password());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setValidationTimeout(1_000);
        config.setInitializationFailTimeout(-1);
        config.setKeepaliveTime(Duration.ofMinutes(2).toMillis());
        config.addDataSourceProperty("connectTimeout", CONNECT.toSeconds());
        config.addDataSourceProperty("socketTimeout", statement.toSeconds() + 2);
        config.addDataSourceProperty("tcpKeepAlive", true);
        config.addDataSourceProperty("reWriteBatchedInserts", true);
        config.addDataSourceProperty("ApplicationName", name);
        // not to be weakened by a role's or a database's own setting
        config.addDataSourceProperty(
                "options",
                "-c synchronous_commit=on -c statement_timeout=" + statement.toMillis() + " -c TimeZone=UTC");
        return new HikariDataSource(config);
    }

    /** Brings a schema up to date through the migrator's login; the location's {@code afterConnect.sql} makes it the owner. */
    public static void migrate(String url, Login migrator, String schema, String location) {
        Flyway.configure()
                .dataSource(url, migrator.username(), migrator.password())
                .schemas(schema)
                .locations(location)
                .connectRetries(10)
                .cleanDisabled(true)
                .load()
                .migrate();
    }
}
