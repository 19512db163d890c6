package eu.diplomatics.keyring;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** In the keyring's database, so that all instances and their successors compare with the same. */
public final class KeyringIndexProbes implements IndexProbes {
    private static final String FIND = "SELECT keyring.index_probe(?)";
    private static final String KEEP = "SELECT keyring.index_probe(?, ?)";

    private final DataSource dataSource;

    /** {@code dataSource} logs in as {@code kr_registry} or {@code kr_query}. */
    public KeyringIndexProbes(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** @throws KeysUnavailableException when the database does not answer */
    @Override
    public Optional<byte[]> find(String label) {
        return Optional.ofNullable(ask(FIND, label, null));
    }

    /** @throws KeysUnavailableException when the database does not answer; nothing may be used then */
    @Override
    public byte[] keep(String label, byte[] digest) {
        byte[] kept = ask(KEEP, label, digest);
        if (kept == null) {
            throw new KeysUnavailableException("the keyring does not keep what it is told of " + label);
        }
        return kept;
    }

    private byte @Nullable [] ask(String sql, String label, byte @Nullable [] digest) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, label);
            if (digest != null) {
                statement.setBytes(2, digest);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getBytes(1) : null;
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }
}
