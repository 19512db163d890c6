package eu.diplomatics.keyring;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of the index are in force.
 *
 * @param current decides who a holder is
 * @param next also written while the keys rotate; 0 when they do not
 * @param operation of the rotation under way, or of the last one that ended
 */
record IndexState(
        long epoch,
        int current,
        int next,
        byte @Nullable [] backfilledTo,
        @Nullable UUID operation,
        Instant currentSince) {
    static final String CHANGED = "DK006";
    static final String DISAGREE = "DK007";
    private static final String READ =
            "SELECT epoch, current, next, backfilled_to, operation, current_since FROM keyring.index_state";

    static IndexState read(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(READ);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new IndexState(
                    row.getLong(1),
                    row.getInt(2),
                    row.getInt(3),
                    row.getBytes(4),
                    row.getObject(5, UUID.class),
                    row.getObject(6, OffsetDateTime.class).toInstant());
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    boolean isRotating() {
        return next != 0;
    }

    List<Integer> versions() {
        return isRotating() ? List.of(current, next) : List.of(current);
    }
}
