package eu.diplomatics.keyring;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A migrated, empty keyring in a database of its own, and a custodian beside it. */
public final class KeyringFixture implements AutoCloseable {
    private final PostgresInstance postgres;
    private final DatabaseAccess access;
    private final TestCustodian custodian;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private KeyringFixture(PostgresInstance postgres, TestCustodian custodian) {
        this.postgres = postgres;
        this.custodian = custodian;
        this.access = TestServices.database(postgres, Database.KEYRING);
        Login migrator = access.migrator();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(access.url());
        source.setUser(migrator.username());
        source.setPassword(migrator.password());
        KeyringSchema.migrate(source);
    }

    /** In the server that the tests of this JVM share; the custodian's files go to the directory. */
    public static KeyringFixture create(Path directory) {
        return create(directory, TestServices.postgres());
    }

    public static KeyringFixture create(Path directory, PostgresInstance postgres) {
        return new KeyringFixture(postgres, TestCustodian.start(directory));
    }

    public TestCustodian custodian() {
        return custodian;
    }

    public DatabaseAccess access() {
        return access;
    }

    /** A small pool for a role by its short name: registry or query. */
    public DataSource dataSource(String role) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(access.url());
        config.setUsername(access.role(role).username());
        config.setPassword(access.role(role).password());
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        return keep(new HikariDataSource(config));
    }

    /** A lease as the service of this name (registry or query) has it. */
    public KekLease lease(String service) {
        return lease(service, Duration.ofMinutes(15));
    }

    public KekLease lease(String service, Duration ttl) {
        return keep(KekLease.start(dataSource(service), custodian.client(service), ttl));
    }

    /** The keyring as the service of this name (registry or query) uses it. */
    public Keyring keyring(String service) {
        return new Keyring(dataSource(service), lease(service));
    }

    /** A connection of a role. */
    public Connection connect(String role) throws SQLException {
        Login login = access.role(role);
        return DriverManager.getConnection(access.url(), login.username(), login.password());
    }

    /** A connection that may do anything: what an administrator of the second provider could. */
    public Connection administrator() throws SQLException {
        return postgres.connect(databaseName());
    }

    private String databaseName() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(access.url());
        String name = source.getDatabaseName();
        if (name == null) {
            throw new IllegalStateException("url without database");
        }
        return name;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
        custodian.close();
    }
}
