package eu.diplomatics.registry.setup;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** Connection pools: one for each role, bounded in size and in every wait. */
final class Pools {
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** For a free connection: a rush of callers waits its turn, it is not told that the database is away. */
    private static final Duration TURN = Duration.ofSeconds(8);

    private Pools() {}

    /** A pool that opens without its database and never waits longer than {@code statement} for an answer. */
    static HikariDataSource open(String url, Settings.Login login, int size, Duration statement) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(login.username());
        config.setJdbcUrl(url);
        config.setUsername(login.username());
        config.setPassword(login.password());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(TURN.toMillis());
        config.setValidationTimeout(Duration.ofSeconds(2).toMillis());
        config.setInitializationFailTimeout(-1);
        config.setKeepaliveTime(Duration.ofMinutes(2).toMillis());
        config.addDataSourceProperty("connectTimeout", CONNECT.toSeconds());
        config.addDataSourceProperty("socketTimeout", statement.toSeconds() + 2);
        config.addDataSourceProperty("tcpKeepAlive", true);
        config.addDataSourceProperty("reWriteBatchedInserts", true);
        config.addDataSourceProperty("ApplicationName", "diplomatics-registry");
        // what is answered as durable must be, whatever a role's or a database's own setting says
        config.addDataSourceProperty(
                "options", "-c synchronous_commit=on -c TimeZone=UTC -c statement_timeout=" + statement.toMillis());
        return new HikariDataSource(config);
    }
}
