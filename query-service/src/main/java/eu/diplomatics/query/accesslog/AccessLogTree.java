package eu.diplomatics.query.accesslog;

import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.Checkpoints;
import eu.diplomatics.sealing.VersionedCheckpointKeys;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The newest checkpoint of the access log, for the controller: {@code GET /actuator/accesslog}. */
@Endpoint(id = "accesslog")
class AccessLogTree {
    private final DataSource log;
    private final VersionedCheckpointKeys keys;
    private final AccessIndexVersions index;

    AccessLogTree(DataSource log, VersionedCheckpointKeys keys, AccessIndexVersions index) {
        this.log = log;
        this.keys = keys;
        this.index = index;
    }

    /**
     * What somebody needs who watches over the log.
     *
     * @param key with what the newest checkpoints are verified
     * @param keys all that ever signed, the newest first, each with the time in which it does
     * @param checkpoint a signed note with its cosignatures; null before the first
     * @param indexVersions of the keys that people are found by, the oldest first, with what keeps one from being used
     */
    record Published(
            String key,
            List<VersionedCheckpointKeys.Validity> keys,
            @Nullable String checkpoint,
            List<AccessIndexVersions.Version> indexVersions) {}

    @ReadOperation
    Published published() throws SQLException {
        try (Connection connection = log.getConnection()) {
            Checkpoints checkpoints = new Checkpoints(connection, new AccessLeaves().schema());
            Optional<Checkpoints.Stored> last = checkpoints.last();
            return new Published(
                    keys.active().text(),
                    keys.validities(keys.origin()),
                    last.isEmpty() ? null : new String(checkpoints.cosigned(last.get()), StandardCharsets.UTF_8),
                    index.read());
        }
    }
}
