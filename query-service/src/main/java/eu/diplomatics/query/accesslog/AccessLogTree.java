package eu.diplomatics.query.accesslog;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.Checkpoints;
import eu.diplomatics.transparency.NoteSigner;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The newest checkpoint of the access log, for the controller: {@code GET /actuator/accesslog}. */
@Endpoint(id = "accesslog")
class AccessLogTree {
    private final DataSource log;
    private final String origin;
    private final Supplier<SecretBytes> seed;

    AccessLogTree(DataSource log, String origin, Supplier<SecretBytes> seed) {
        this.log = log;
        this.origin = origin;
        this.seed = seed;
    }

    /**
     * What somebody needs who watches over the log.
     *
     * @param key with what checkpoints are verified
     * @param checkpoint a signed note with its cosignatures; null before the first
     */
    record Published(String key, @Nullable String checkpoint) {}

    @ReadOperation
    Published published() throws SQLException {
        String key;
        try (SecretBytes secret = seed.get()) {
            key = NoteSigner.log(origin, secret).verifierKey().text();
        }
        try (Connection connection = log.getConnection()) {
            Checkpoints checkpoints = new Checkpoints(connection, new AccessLeaves().schema());
            Optional<Checkpoints.Stored> last = checkpoints.last();
            return new Published(
                    key, last.isEmpty() ? null : new String(checkpoints.cosigned(last.get()), StandardCharsets.UTF_8));
        }
    }
}
