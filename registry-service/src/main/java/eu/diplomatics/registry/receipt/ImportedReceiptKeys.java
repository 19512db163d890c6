package eu.diplomatics.registry.receipt;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.receipt.Jwks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Public keys of the registry whose log this one took over: its receipts hold here. None where there was no import. */
public final class ImportedReceiptKeys {
    private static final String KEYS =
            "SELECT receipt_keys::text FROM eventstore.imported_log WHERE ended_at IS NOT NULL AND receipt_keys IS NOT NULL";

    private final DataSource log;
    private volatile @Nullable List<Jwks.Jwk> known;

    /** @param log logs in as {@code es_reader} */
    public ImportedReceiptKeys(DataSource log) {
        this.log = log;
    }

    /** @throws LogUnavailableException while they never could be read */
    List<Jwks.Jwk> keys() {
        List<Jwks.Jwk> keys = known;
        if (keys == null) {
            keys = read();
            known = keys;
        }
        return keys;
    }

    /** Services run only before or after an import, so once is enough. */
    private List<Jwks.Jwk> read() {
        List<Jwks.Jwk> keys = new ArrayList<>();
        try (Connection connection = log.getConnection();
                PreparedStatement statement = connection.prepareStatement(KEYS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                keys.addAll(JsonMapper.shared()
                        .readValue(rows.getString(1), Jwks.class)
                        .keys());
            }
        } catch (SQLException e) {
            throw new LogUnavailableException("the keys of imported receipts cannot be read", false, e);
        }
        return List.copyOf(keys);
    }
}
