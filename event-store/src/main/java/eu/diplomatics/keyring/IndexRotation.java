package eu.diplomatics.keyring;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the keys of the blind index while everybody goes on. From its first step on every claim stands under both
 * versions; the older ones are brought over from the numbers inside the holders' identities; then the new version decides
 * and the old rows go. What is done stands in the keyring's database, so that a kill at any step loses nothing.
 */
public final class IndexRotation {
    private static final int PAGE = 500;
    private static final int CURSOR_RANGE = 0x1_0000;
    private static final String BEGIN = "SELECT keyring.begin_index_rotation(?, ?)";
    private static final String PAGE_OF_CLAIMS = """
            SELECT value, holder FROM keyring.holder_claim
            WHERE version = ? AND (?::bytea IS NULL OR value > ?::bytea) ORDER BY value LIMIT ?""";
    private static final String BACKFILL = "SELECT keyring.backfill_index(?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String END = "SELECT keyring.end_index_rotation(?)";
    private static final String DROP_OLD = "SELECT keyring.drop_old_index(?)";

    /**
     * What holders are found by, as their own identities say; absent where there is no identity or it was shredded. An
     * identity that cannot be opened otherwise ends the rotation by an exception of the implementation's.
     */
    @FunctionalInterface
    public interface Identities {
        Map<UUID, Terms> of(Collection<UUID> holders);
    }

    /** @param name null for a holder with a number */
    public record Terms(IndexTerm term, @Nullable IndexTerm name) {}

    private final DataSource dataSource;
    private final BlindIndex index;
    private final Identities identities;
    private final Runnable drain;

    /**
     * @param drain returns when every claim made before it is in the log or never will be, so that whoever has no identity
     *     then will have none
     */
    public IndexRotation(Keyring keyring, BlindIndex index, Identities identities, Runnable drain) {
        this.dataSource = keyring.dataSource();
        this.index = index;
        this.identities = identities;
        this.drain = drain;
    }

    /** The version in force. */
    public int current() {
        return IndexState.read(dataSource).current();
    }

    /** Since when it is. */
    public Instant currentSince() {
        return IndexState.read(dataSource).currentSince();
    }

    /**
     * Goes through to the end, from wherever an earlier run of the same operation stopped.
     *
     * @throws KeyRefusedException when the custodian has no key of the next version yet: nothing was begun
     * @throws KeyTamperedException when a row leads to a holder whose identity is another: nothing was switched
     */
    public void run(UUID operation, RotationWatch watch) {
        IndexState state = IndexState.read(dataSource);
        boolean ended = !state.isRotating() && operation.equals(state.operation());
        if (!ended) {
            watch.step("both versions");
            begin(operation, state);
            drain.run();
            bringOverAndSwitch(operation, watch);
        }
        watch.step("drop the old version");
        dropOld(watch);
    }

    /** One that another operation began and never ended is taken over. */
    private void begin(UUID operation, IndexState state) {
        int next = state.current() + 1;
        index.prepare(next);
        call(BEGIN, statement -> {
            statement.setObject(1, operation);
            statement.setInt(2, next);
        });
    }

    /** The database does not switch while claims are behind the backfill, such as one that was made a moment ago. */
    private void bringOverAndSwitch(UUID operation, RotationWatch watch) {
        IndexState state;
        do {
            watch.step("backfill");
            backfill(operation, watch);
            watch.step("switch");
            call(END, statement -> statement.setObject(1, operation));
            state = IndexState.read(dataSource);
            if (!operation.equals(state.operation())) {
                throw new KeysUnavailableException("another operation goes on with this rotation");
            }
        } while (state.isRotating());
    }

    private record Row(byte[] value, UUID holder) {}

    private record Found(Row row, Terms terms) {}

    private void backfill(UUID operation, RotationWatch watch) {
        IndexState state = IndexState.read(dataSource);
        byte[] from = state.backfilledTo();
        for (List<Row> page = page(state, from); !page.isEmpty(); page = page(state, from)) {
            byte[] to = page.getLast().value();
            bringOver(operation, state, from, to, found(page));
            from = to;
            // digests lie evenly, so that their first bytes tell how far this is
            watch.progress((to[0] & 0xFF) << 8 | to[1] & 0xFF, CURSOR_RANGE);
        }
    }

    private List<Row> page(IndexState state, byte @Nullable [] after) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(PAGE_OF_CLAIMS)) {
            statement.setInt(1, state.current());
            statement.setBytes(2, after);
            statement.setBytes(3, after);
            statement.setInt(4, PAGE);
            List<Row> page = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    page.add(new Row(rows.getBytes(1), rows.getObject(2, UUID.class)));
                }
            }
            return page;
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    /** Whoever has no identity has no claim to keep: the crash that left it was before the log knew of it, or it was erased. */
    private List<Found> found(List<Row> page) {
        Map<UUID, Terms> known = identities.of(page.stream().map(Row::holder).toList());
        List<Found> found = new ArrayList<>();
        for (Row row : page) {
            if (known.get(row.holder()) instanceof Terms terms) {
                found.add(new Found(row, terms));
            }
        }
        return found;
    }

    private void bringOver(UUID operation, IndexState state, byte @Nullable [] from, byte[] to, List<Found> found) {
        List<IndexTerm> terms = new ArrayList<>();
        for (Found each : found) {
            terms.add(each.terms().term());
            if (each.terms().name() != null) {
                terms.add(each.terms().name());
            }
        }
        List<Map<IndexTerm, BlindIndexValue>> values = index.of(terms, state.versions());
        for (Found each : found) {
            if (!Arrays.equals(
                    value(values.getFirst(), each.terms().term()), each.row().value())) {
                throw new KeyTamperedException(each.row().holder().toString());
            }
        }
        call(BACKFILL, statement -> {
            Connection connection = statement.getConnection();
            statement.setObject(1, operation);
            statement.setLong(2, state.epoch());
            statement.setBytes(3, from);
            statement.setBytes(4, to);
            statement.setArray(5, column(connection, found, each -> each.row().value()));
            statement.setArray(
                    6,
                    column(
                            connection,
                            found,
                            each -> value(values.getLast(), each.terms().term())));
            statement.setArray(
                    7,
                    column(
                            connection,
                            found,
                            each -> HolderIndex.cut(
                                    value(values.getFirst(), each.terms().name()))));
            statement.setArray(
                    8,
                    column(
                            connection,
                            found,
                            each -> HolderIndex.cut(
                                    value(values.getLast(), each.terms().name()))));
        });
    }

    private static byte @Nullable [] value(Map<IndexTerm, BlindIndexValue> values, @Nullable IndexTerm term) {
        BlindIndexValue value = term == null ? null : values.get(term);
        return value == null ? null : value.value();
    }

    private static Array column(Connection connection, List<Found> found, Function<Found, byte @Nullable []> column)
            throws SQLException {
        byte[] @Nullable [] values = new byte[found.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = column.apply(found.get(i));
        }
        return connection.createArrayOf("bytea", values);
    }

    private void dropOld(RotationWatch watch) {
        long gone = 0;
        while (true) {
            long dropped = call(DROP_OLD, statement -> statement.setInt(1, PAGE));
            if (dropped == 0) {
                return;
            }
            gone += dropped;
            watch.progress(gone, 0);
        }
    }

    private interface Binder {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private long call(String sql, Binder binder) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            binder.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getObject(1) instanceof Long number ? number : 0;
            }
        } catch (SQLException e) {
            if (IndexState.DISAGREE.equals(e.getSQLState())) {
                throw new KeyTamperedException("holder index");
            }
            throw KeyringErrors.unavailable(e);
        }
    }
}
