package eu.diplomatics.keyring;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** Which streams were shredded: a key that is missing without standing here is a loss. */
public final class ShredLedger {
    private static final String AMONG = "SELECT stream FROM keyring.shredding WHERE stream = ANY (?)";

    private final DataSource dataSource;

    /** {@code dataSource} logs in as a service of the keyring. */
    public ShredLedger(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Those of the streams that stand in the ledger.
     *
     * @throws KeysUnavailableException when the keyring does not answer
     */
    public Set<UUID> among(Collection<UUID> streams) {
        if (streams.isEmpty()) {
            return Set.of();
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(AMONG)) {
            statement.setArray(1, connection.createArrayOf("uuid", streams.toArray()));
            Set<UUID> found = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getObject(1, UUID.class));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
        }
    }
}
