package eu.diplomatics.registry;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.keyring.AccessIndexCheck;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a query-service does for the rotation of the access log's index keys, with its role and certificate. */
final class QuerySide implements AutoCloseable {
    private final HikariDataSource keys = new HikariDataSource();
    private final HttpsCustodian custodian;
    private final KekLease lease;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();

    /** The registry has to have made its first KEK. */
    QuerySide(RegistryFixture fixture) {
        Login login = fixture.database(Database.KEYRING).role("query");
        keys.setJdbcUrl(fixture.database(Database.KEYRING).url());
        keys.setUsername(login.username());
        keys.setPassword(login.password());
        keys.setMaximumPoolSize(2);
        TestCustodian at = fixture.custodian();
        custodian = new HttpsCustodian(
                List.of(at.uri()),
                at.authority().keyStore("query"),
                at.authority().trustStore(),
                at.authority().password());
        lease = KekLease.start(keys, custodian, Duration.ofMinutes(15));
        Keyring keyring = new Keyring(keys, lease);
        AccessIndexCheck check =
                new AccessIndexCheck(keyring, custodian, new AccessIndexVersions(keyring, InstantSource.system()));
        var unused = looking.scheduleWithFixedDelay(() -> look(check), 200, 200, TimeUnit.MILLISECONDS);
    }

    private static void look(AccessIndexCheck check) {
        try {
            check.look();
        } catch (KeysUnavailableException e) {
            // the next look tells
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
        lease.close();
        custodian.close();
        keys.close();
    }
}
