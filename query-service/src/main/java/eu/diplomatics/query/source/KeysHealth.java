package eu.diplomatics.query.source;

import eu.diplomatics.keyring.KekLease;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Without keys nothing can be opened or logged: then this service is not ready. */
@Component("keys")
final class KeysHealth implements HealthIndicator {
    private final KekLease lease;

    KeysHealth(KekLease lease) {
        this.lease = lease;
    }

    @Override
    public Health health() {
        return (lease.isValid() ? Health.up() : Health.down()).build();
    }
}
