package eu.diplomatics.eventstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * The generations of data keys that the log knows, read with the role {@code es_reader}. What is sealed under another
 * than the current one is refused; who seals keeps the current one in mind and asks again when it is told so.
 */
public final class KeyGenerations {
    private static final String MAP = "SELECT generation, current FROM eventstore.key_generation";
    private static final String HOLD = "SELECT eventstore.hold_generation(?, ?, ?)";

    private final DataSource reader;
    private volatile int known;

    public KeyGenerations(DataSource reader) {
        this.reader = reader;
    }

    /** The generation to seal under, as it was when last asked for; throws {@link LogUnavailableException}. */
    public int current() {
        int remembered = known;
        return remembered == 0 ? refresh() : remembered;
    }

    /** The generation in force now. */
    public int refresh() {
        Map map = map();
        known = map.current();
        return known;
    }

    /** Every generation in which the log still has ciphertexts: one, and two while a re-encryption comes to its end. */
    public SortedSet<Integer> live() {
        return map().all();
    }

    /**
     * Says that {@code holder} reads ciphertexts of this generation for so long, in place of what it said before: until
     * then neither they nor their keys go.
     *
     * @param holder a name of its own: lower case, digits, colons and hyphens
     * @return false when the generation is gone already
     */
    public boolean hold(String holder, int generation, Duration time) {
        try (Connection connection = reader.getConnection();
                PreparedStatement statement = connection.prepareStatement(HOLD)) {
            statement.setString(1, holder);
            statement.setInt(2, generation);
            statement.setInt(3, Math.toIntExact(time.toSeconds()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private record Map(int current, SortedSet<Integer> all) {}

    private Map map() {
        try (Connection connection = reader.getConnection();
                PreparedStatement statement = connection.prepareStatement(MAP);
                ResultSet row = statement.executeQuery()) {
            int current = 0;
            SortedSet<Integer> all = new TreeSet<>();
            while (row.next()) {
                all.add(row.getInt(1));
                current = row.getBoolean(2) ? row.getInt(1) : current;
            }
            return new Map(current, all);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static LogUnavailableException unavailable(SQLException e) {
        return new LogUnavailableException(
                "the map of key generations cannot be read (" + SqlStates.of(e) + ")", false, e);
    }
}
