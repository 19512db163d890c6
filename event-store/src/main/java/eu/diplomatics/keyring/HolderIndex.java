package eu.diplomatics.keyring;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * From a number to the random id of its holder, through the blind index. Not authentic by itself: whoever gets a holder
 * here compares the number inside the holder's sealed identity with the one asked. While the index keys rotate every claim
 * stands under both versions; an instance that believes in others than are in force is refused by the database, reads which
 * they are and asks again. Throws as {@link Keyring} does.
 */
public final class HolderIndex {
    /** Of the digest of a name: 65,536 values, so that from some ten thousand holders on each stands for several people. */
    static final int NAME_BYTES = 2;

    private static final String CLAIM = "SELECT o_value, o_holder FROM keyring.claim_holders(?, ?, ?, ?, ?, ?)";
    private static final String FIND = """
            SELECT s.current, c.value, c.holder FROM keyring.index_state s
            LEFT JOIN (unnest(?::bytea[]) AS w (value)
                JOIN keyring.holder_claim c ON c.version = ? AND c.value = w.value) ON true""";
    private static final String NAMED = """
            SELECT s.current, n.holder FROM keyring.index_state s
            LEFT JOIN (unnest(?::bytea[]) AS w (value)
                JOIN keyring.holder_name n ON n.version = ? AND n.value = w.value) ON true""";
    private static final String MORE_THAN = "SELECT EXISTS (SELECT FROM keyring.holder_claim OFFSET ?)";
    private static final int MAX_ATTEMPTS = 5;

    private final BlindIndex index;
    private final DataSource dataSource;
    private volatile @Nullable IndexState known;

    public HolderIndex(BlindIndex index, Keyring keyring) {
        this.index = index;
        this.dataSource = keyring.dataSource();
    }

    /**
     * What to claim.
     *
     * @param candidate a fresh random id
     * @param name under which the holder can be looked for as well; null for one with a number
     */
    public record Claim(
            IndexTerm term, UUID candidate, @Nullable IndexTerm name) {}

    /**
     * Where terms lead.
     *
     * @param holders of the terms that are claimed
     * @param values of all terms asked
     */
    public record Look(Map<IndexTerm, UUID> holders, Map<IndexTerm, BlindIndexValue> values) {}

    /**
     * Claims a holder for each term; the first claim stands for ever, also when several come at once.
     *
     * @return the holder of every term
     */
    public Map<IndexTerm, UUID> claim(Collection<Claim> claims) {
        return claims.isEmpty() ? Map.of() : underVersionsInForce(state -> claim(List.copyOf(claims), state));
    }

    private @Nullable Map<IndexTerm, UUID> claim(List<Claim> claims, IndexState state) {
        List<IndexTerm> terms = new ArrayList<>();
        for (Claim claim : claims) {
            terms.add(claim.term());
            if (claim.name() != null) {
                terms.add(claim.name());
            }
        }
        List<Map<IndexTerm, BlindIndexValue>> values = index.of(terms, state.versions());
        Map<IndexTerm, BlindIndexValue> current = values.getFirst();
        Map<IndexTerm, BlindIndexValue> next = state.isRotating() ? values.getLast() : Map.of();
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(CLAIM)) {
            statement.setLong(1, state.epoch());
            Columns columns = new Columns(connection, claims);
            columns.bytes(statement, 2, claim -> value(current, claim.term()));
            columns.bytes(statement, 3, claim -> value(next, claim.term()));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "uuid", claims.stream().map(Claim::candidate).toArray()));
            columns.bytes(statement, 5, claim -> cut(value(current, claim.name())));
            columns.bytes(statement, 6, claim -> cut(value(next, claim.name())));
            return byTerm(current, state.current(), statement, 1);
        } catch (SQLException e) {
            if (IndexState.CHANGED.equals(e.getSQLState())) {
                return null;
            }
            if (IndexState.DISAGREE.equals(e.getSQLState())) {
                throw new KeyTamperedException("holder index");
            }
            throw KeyringErrors.unavailable(e);
        }
    }

    private record Columns(Connection connection, List<Claim> claims) {
        void bytes(PreparedStatement statement, int parameter, Function<Claim, byte @Nullable []> column)
                throws SQLException {
            byte[] @Nullable [] values = new byte[claims.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = column.apply(claims.get(i));
            }
            statement.setArray(parameter, connection.createArrayOf("bytea", values));
        }
    }

    private static byte @Nullable [] value(Map<IndexTerm, BlindIndexValue> values, @Nullable IndexTerm term) {
        BlindIndexValue value = term == null ? null : values.get(term);
        return value == null ? null : value.value();
    }

    static byte @Nullable [] cut(byte @Nullable [] value) {
        return value == null ? null : Arrays.copyOf(value, NAME_BYTES);
    }

    /** The holders of the terms that are claimed. */
    public Map<IndexTerm, UUID> find(Collection<IndexTerm> terms) {
        return look(terms, List.of()).holders();
    }

    /** The holders of {@code terms}, and the values of {@code others} as well, with one call to the custodian. */
    public Look look(Collection<IndexTerm> terms, Collection<IndexTerm> others) {
        List<IndexTerm> all = new ArrayList<>(terms);
        all.addAll(others);
        return all.isEmpty() ? new Look(Map.of(), Map.of()) : underVersionsInForce(state -> look(terms, all, state));
    }

    private @Nullable Look look(Collection<IndexTerm> terms, List<IndexTerm> all, IndexState state) {
        Map<IndexTerm, BlindIndexValue> values =
                index.of(all, List.of(state.current())).getFirst();
        Map<IndexTerm, BlindIndexValue> wanted = new HashMap<>(values);
        wanted.keySet().retainAll(new HashSet<>(terms));
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(FIND)) {
            byte[][] digests =
                    wanted.values().stream().map(BlindIndexValue::value).toArray(byte[][]::new);
            statement.setArray(1, connection.createArrayOf("bytea", digests));
            statement.setInt(2, state.current());
            Map<IndexTerm, UUID> holders = byTerm(wanted, state.current(), statement, 2);
            return holders == null ? null : new Look(holders, values);
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    /** Holders without number that may have one of these names; some have another. */
    public Set<UUID> named(Collection<IndexTerm> names) {
        return names.isEmpty() ? Set.of() : underVersionsInForce(state -> named(names, state));
    }

    private @Nullable Set<UUID> named(Collection<IndexTerm> names, IndexState state) {
        Map<IndexTerm, BlindIndexValue> values =
                index.of(names, List.of(state.current())).getFirst();
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(NAMED)) {
            byte[][] cut =
                    values.values().stream().map(value -> cut(value.value())).toArray(byte[][]::new);
            statement.setArray(1, connection.createArrayOf("bytea", cut));
            statement.setInt(2, state.current());
            Set<UUID> holders = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getInt(1) != state.current()) {
                        return null;
                    }
                    if (rows.getObject(2, UUID.class) instanceof UUID holder) {
                        holders.add(holder);
                    }
                }
            }
            return holders;
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    /** Whether more than so many claims stand in the index, of whatever version; reads no further. */
    public boolean holdsMoreThan(long claims) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(MORE_THAN)) {
            statement.setLong(1, claims);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    /** Null when the rows were read under another version than they were asked for. */
    private static @Nullable Map<IndexTerm, UUID> byTerm(
            Map<IndexTerm, BlindIndexValue> values, int version, PreparedStatement statement, int column)
            throws SQLException {
        Map<BlindIndexValue, UUID> holders = new HashMap<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                if (column == 2 && rows.getInt(1) != version) {
                    return null;
                }
                if (rows.getBytes(column) instanceof byte[] value) {
                    holders.put(new BlindIndexValue(version, value), rows.getObject(column + 1, UUID.class));
                }
            }
        }
        Map<IndexTerm, UUID> found = HashMap.newHashMap(values.size());
        values.forEach((term, value) -> {
            if (holders.get(value) instanceof UUID holder) {
                found.put(term, holder);
            }
        });
        return found;
    }

    private interface Attempt<T> {
        @Nullable
        T under(IndexState state);
    }

    private <T> T underVersionsInForce(Attempt<T> attempt) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            IndexState cached = known;
            IndexState state = cached == null ? IndexState.read(dataSource) : cached;
            known = state;
            try {
                T result = attempt.under(state);
                if (result != null) {
                    return result;
                }
            } catch (KeyRefusedException e) {
                // the custodian's key of a version that is over may be gone by now
                if (cached == null) {
                    throw e;
                }
            }
            known = null;
        }
        throw new KeysUnavailableException("the versions of the index change with every look");
    }
}
