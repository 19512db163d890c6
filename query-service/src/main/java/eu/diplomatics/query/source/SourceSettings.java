package eu.diplomatics.query.source;

import eu.diplomatics.query.database.Login;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the event store and the keys are. Passwords come from the environment or from files.
 */
@ConfigurationProperties("diplomatics")
record SourceSettings(EventStore eventstore, Keyring keyring, Custodian custodian) {

    /** The log, read only. */
    record EventStore(String url, Login reader) {}

    /** The wrapped keys, read only. */
    record Keyring(String url, Login app) {}

    /**
     * Where the custodian answers and how to prove to it who we are.
     *
     * @param endpoints tried in this order
     * @param lease how long an unwrapped key may be used without asking again
     */
    record Custodian(
            List<URI> endpoints,
            Path keyStore,
            Path trustStore,
            String storePassword,
            @DefaultValue("15m") Duration lease) {
        @Override
        public String toString() {
            return "Custodian[" + endpoints + ", redacted]";
        }
    }
}
