package eu.diplomatics.keyring;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Removes the data keys of generations that are over. From then on nothing that was sealed under them opens through this
 * keyring; copies of the keyring die with the next rewrite and their epoch key.
 */
public final class OldGenerations {
    private static final String DROP = "SELECT o_last, o_dropped FROM keyring.drop_generations(?, ?, ?)";
    private static final int PAGE = 5_000;
    private static final UUID FIRST = new UUID(0, 0);

    private final DataSource dataSource;

    /** {@code dataSource} logs in as {@code kr_registry}. */
    public OldGenerations(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Removes what is older than {@code generation}, where the stream has a key of this generation or a later one. Harmless
     * to repeat; a call that was interrupted begins anew.
     *
     * @param progress told how many were removed so far
     * @return how many were removed
     * @throws KeysUnavailableException when the keyring does not answer
     */
    public long dropBefore(int generation, LongConsumer progress) {
        long dropped = 0;
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(DROP)) {
            UUID last = FIRST;
            while (last != null) {
                statement.setInt(1, generation);
                statement.setObject(2, last);
                statement.setInt(3, PAGE);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    last = next(row);
                    dropped += row.getLong(2);
                }
                progress.accept(dropped);
            }
            return dropped;
        } catch (SQLException e) {
            throw new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
        }
    }

    private static @Nullable UUID next(ResultSet row) throws SQLException {
        return row.getObject(1, UUID.class);
    }
}
