package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The services' own keys, by name. Kept sealed and opened anew for each use. */
final class NamedSecrets {
    private static final String SECRET = "SELECT kek_id, wrapped FROM keyring.secret WHERE name = ?";
    private static final String NEW_SECRET = "SELECT keyring.make_secret(?, ?, ?)";
    private static final String VERSIONS = """
            SELECT name, made_at FROM keyring.secret
            WHERE name = ? OR name ~ ('^' || ? || '-[0-9]{1,6}$') ORDER BY length(name), name""";
    private static final String NOT_ALLOWED = "42501";

    private final DataSource dataSource;
    private final KekLease lease;
    private final Map<String, SealedSecret> secrets = new ConcurrentHashMap<>();

    NamedSecrets(DataSource dataSource, KekLease lease) {
        this.dataSource = dataSource;
        this.lease = lease;
    }

    private record SealedSecret(UUID kek, byte[] wrapped) {}

    SecretBytes get(String name, Supplier<SecretBytes> first) {
        for (int attempt = 1; ; attempt++) {
            SealedSecret sealed = sealedSecret(name, first);
            try {
                return lease.use(
                        Set.of(sealed.kek),
                        keks -> keks.find(sealed.kek)
                                .map(kek -> KekCipher.open(kek, KeyContext.secret(name, sealed.kek), sealed.wrapped)
                                        .orElseThrow(() -> new KeyTamperedException(name)))
                                .orElseThrow(() -> new KekGoneException(name)));
            } catch (KekGoneException e) {
                secrets.remove(name, sealed);
                e.orTampered(attempt);
            }
        }
    }

    /** The secret, where there is one. */
    Optional<SecretBytes> find(String name) {
        try {
            return Optional.of(get(name, () -> {
                throw new AbsentException();
            }));
        } catch (AbsentException e) {
            return Optional.empty();
        }
    }

    private static final class AbsentException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private SealedSecret sealedSecret(String name, Supplier<SecretBytes> first) {
        SealedSecret known = secrets.get(name);
        // wrapped anew under another KEK since it was read
        if (known == null || !lease.covers(known.kek)) {
            known = readSecret(name);
            if (known == null) {
                known = makeSecret(name, first);
            }
            secrets.put(name, known);
        }
        return known;
    }

    List<SecretVersion> versions(String name) {
        List<SecretVersion> versions = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(VERSIONS)) {
            statement.setString(1, name);
            statement.setString(2, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(new SecretVersion(
                            rows.getString(1), rows.getTimestamp(2).toInstant()));
                }
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
        return versions;
    }

    private @Nullable SealedSecret readSecret(String name) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(SECRET)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new SealedSecret(row.getObject(1, UUID.class), row.getBytes(2)) : null;
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    private SealedSecret makeSecret(String name, Supplier<SecretBytes> first) {
        try (SecretBytes secret = first.get()) {
            insertSecret(name, secret);
        }
        // a new statement sees what another instance committed while this one's insert waited for it
        SealedSecret stored = readSecret(name);
        if (stored == null) {
            throw new KeysUnavailableException("secret " + name + " cannot be read by this role");
        }
        return stored;
    }

    private void insertSecret(String name, SecretBytes secret) {
        for (int attempt = 1; ; attempt++) {
            SealedSecret made = lease.use(keks -> {
                UUID kek = keks.currentId();
                return new SealedSecret(kek, KekCipher.seal(keks.get(kek), KeyContext.secret(name, kek), secret));
            });
            try (Connection connection = dataSource.getConnection();
                    var statement = connection.prepareStatement(NEW_SECRET)) {
                statement.setString(1, name);
                statement.setObject(2, made.kek);
                statement.setBytes(3, made.wrapped);
                statement.execute();
                return;
            } catch (SQLException e) {
                if (NOT_ALLOWED.equals(e.getSQLState())) {
                    throw new KeysUnavailableException(
                            "secret " + name + " is not there yet: the registry makes it", e);
                }
                if (!(KeyringErrors.notMade(e) instanceof KekGoneException gone)) {
                    throw KeyringErrors.unavailable(e);
                }
                gone.orUnavailable(attempt);
                lease.renew();
            }
        }
    }
}
