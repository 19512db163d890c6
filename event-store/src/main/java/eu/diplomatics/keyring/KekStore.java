package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wrapped KEKs in the keyring database, unwrapped by the custodian; the first one is made on the first start. */
final class KekStore implements KekSource {
    private static final Logger LOG = LoggerFactory.getLogger(KekStore.class);
    private static final String ALL = "SELECT id, wrapped FROM keyring.kek ORDER BY created_at DESC, id";
    private static final String MAY_CREATE = "SELECT has_column_privilege('keyring.kek', 'wrapped', 'INSERT')";
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('keyring.kek'))";
    private static final String INSERT = "INSERT INTO keyring.kek (id, wrapped) VALUES (?, ?::jsonb)";
    private static final String INSERT_SECRET = "INSERT INTO keyring.secret (name, kek_id, wrapped) VALUES (?, ?, ?)";

    /** Made with the first KEK, because the query side needs them and may make nothing. */
    private static final List<String> FIRST_SECRETS =
            List.of(BlindIndex.FIRST_KEY, "access-log-seal", "access-log-checkpoint-key");

    private final DataSource dataSource;
    private final Custodian custodian;

    KekStore(DataSource dataSource, Custodian custodian) {
        this.dataSource = dataSource;
        this.custodian = custodian;
    }

    private record Row(UUID id, WrappedKey wrapped) {}

    @Override
    public List<Kek> fetch() {
        List<Row> rows = rows();
        List<Kek> keks = new ArrayList<>(rows.size());
        try {
            for (Row row : rows) {
                try {
                    keks.add(new Kek(row.id, CheckedKek.unwrap(custodian, row.id, row.wrapped)));
                } catch (KeyRefusedException e) {
                    // an older one costs its own keys only; without the newest nothing could be made
                    if (keks.isEmpty()) {
                        throw e;
                    }
                    LOG.error(
                            "ALARM: key-encryption key {} does not unwrap, nor will its keys: {}",
                            row.id,
                            e.getMessage());
                }
            }
            return keks;
        } catch (RuntimeException e) {
            keks.forEach(kek -> kek.key().close());
            throw e;
        }
    }

    private List<Row> rows() {
        try (Connection connection = dataSource.getConnection()) {
            List<Row> rows = read(connection);
            return rows.isEmpty() ? create(connection) : rows;
        } catch (SQLException e) {
            throw new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
        }
    }

    private List<Row> create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet may = statement.executeQuery(MAY_CREATE)) {
            may.next();
            if (!may.getBoolean(1)) {
                throw new KeysUnavailableException("keyring holds no key yet: the registry makes it when it starts");
            }
        }
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            try (var statement = connection.createStatement()) {
                statement.execute(LOCK);
            }
            // another instance may have made it while this one waited for the lock
            List<Row> rows = read(connection);
            if (rows.isEmpty()) {
                rows = List.of(make(connection));
            }
            connection.commit();
            return rows;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private Row make(Connection connection) throws SQLException {
        UUID id = UUID.randomUUID();
        try (SecretBytes kek = SecretBytes.random(CheckedKek.KEY_BYTES);
                var insert = connection.prepareStatement(INSERT);
                var insertSecret = connection.prepareStatement(INSERT_SECRET)) {
            WrappedKey wrapped = CheckedKek.wrap(custodian, id, kek);
            insert.setObject(1, id);
            insert.setString(2, wrapped.json());
            insert.executeUpdate();
            for (String name : FIRST_SECRETS) {
                try (SecretBytes secret = SecretBytes.random(Keyring.KEY_BYTES)) {
                    insertSecret.setString(1, name);
                    insertSecret.setObject(2, id);
                    insertSecret.setBytes(3, KekCipher.seal(kek, KeyContext.secret(name, id), secret));
                    insertSecret.addBatch();
                }
            }
            insertSecret.executeBatch();
            return new Row(id, wrapped);
        }
    }

    private static List<Row> read(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet found = statement.executeQuery(ALL)) {
            while (found.next()) {
                rows.add(new Row(found.getObject(1, UUID.class), new WrappedKey(found.getString(2))));
            }
        }
        return rows;
    }
}
