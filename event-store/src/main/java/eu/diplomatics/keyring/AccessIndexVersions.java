package eu.diplomatics.keyring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The versions of the access log's index keys, each with our half in the keyring and the other at the custodian. Rows are
 * written once and stay under the version they name, so versions live side by side: new rows stand under the newest that
 * every instance knows, and who searches asks for all. Thread-safe; throws {@link KeysUnavailableException} when the
 * keyring does not answer.
 */
public final class AccessIndexVersions {
    /** Our half, from the second version on; the others have a number behind it. */
    public static final String OUR_HALF = BlindIndex.ACCESS_LOG_FIRST_KEY;
    /** From when a version was confirmed until rows are written under it; much more than the time between two looks. */
    public static final Duration LEAD = SecretVersions.LEAD;
    /** From when a version was confirmed until nobody writes under an older one. */
    static final Duration OVER = Duration.ofHours(1);

    private static final Duration LOOK = Duration.ofSeconds(10);
    /** Much less than {@link #OVER}: who cannot look for so long writes nothing. */
    private static final Duration BELIEVED = Duration.ofMinutes(10);

    private static final String READ =
            "SELECT version, state, finding, looked_at, confirmed_at FROM keyring.access_index ORDER BY version";

    private final DataSource dataSource;
    private final InstantSource clock;
    private volatile @Nullable Known known;

    /** @param clock says when a new version comes into use */
    public AccessIndexVersions(Keyring keyring, InstantSource clock) {
        this.dataSource = keyring.dataSource();
        this.clock = clock;
    }

    /** What a version is in. */
    public enum State {
        /** The registry wants it; nobody uses it yet. */
        ASKED,
        /** It was wanted, and not everything for it was there. */
        WITHDRAWN,
        /** Both halves are there: searched and, once every instance knows it, written until the next one is. */
        CONFIRMED,
        /** No row stands under it any more, and none will. */
        ENDED
    }

    /**
     * One version.
     *
     * @param finding why it is not confirmed: a code of the custodian's, {@code SITES_DIFFER}, {@code NO_ANSWER} or
     *     {@code OUR_HALF_MISSING}; null when nobody looked since it was asked for, and for one that is confirmed
     * @param lookedAt when the query side last looked for it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Version(
            int number,
            State state,
            @Nullable String finding,
            @Nullable Instant lookedAt,
            @Nullable Instant confirmedAt) {
        /** The custodian's name of its half. */
        public String custodianKey() {
            return AccessIndexVersions.custodianKey(number);
        }

        boolean isConfirmedBefore(Instant instant) {
            return state == State.CONFIRMED && confirmedAt != null && !confirmedAt.isAfter(instant);
        }
    }

    private record Known(List<Version> versions, Instant readAt) {}

    /** All there ever were, the oldest first, as the keyring has them now. */
    public List<Version> read() {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(READ);
                ResultSet row = statement.executeQuery()) {
            List<Version> versions = new ArrayList<>();
            while (row.next()) {
                versions.add(new Version(
                        row.getInt(1), State.valueOf(row.getString(2)), row.getString(3), time(row, 4), time(row, 5)));
            }
            return versions;
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** The version for new rows. */
    public int active() {
        return active(lately(), clock.instant());
    }

    static int active(List<Version> versions, Instant now) {
        return versions.reversed().stream()
                .filter(version -> version.isConfirmedBefore(now.minus(LEAD)))
                .findFirst()
                .or(() -> versions.stream()
                        .filter(version -> version.state == State.CONFIRMED)
                        .findFirst())
                .orElseThrow(() -> new KeysUnavailableException("no version of the access log's index key is in use"))
                .number();
    }

    /**
     * The versions under which there may be rows, the oldest first: a search that asks for all of them misses none, because
     * they are read for it.
     */
    public List<Integer> searched() {
        return read().stream()
                .filter(version -> version.state == State.CONFIRMED)
                .map(Version::number)
                .toList();
    }

    /** Those under which nobody writes any more. */
    List<Integer> over() {
        List<Version> versions = read();
        Instant longAgo = clock.instant().minus(OVER);
        int newest = versions.stream()
                .filter(version -> version.isConfirmedBefore(longAgo))
                .mapToInt(Version::number)
                .max()
                .orElse(0);
        return versions.stream()
                .filter(version -> version.state == State.CONFIRMED && version.number < newest)
                .map(Version::number)
                .toList();
    }

    private List<Version> lately() {
        Known before = known;
        Instant now = clock.instant();
        if (before != null && age(before, now).compareTo(LOOK) < 0) {
            return before.versions;
        }
        try {
            List<Version> versions = read();
            known = new Known(versions, now);
            return versions;
        } catch (KeysUnavailableException e) {
            if (before == null || age(before, now).compareTo(BELIEVED) > 0) {
                throw e;
            }
            return before.versions;
        }
    }

    private static Duration age(Known known, Instant now) {
        return Duration.between(known.readAt, now).abs();
    }

    /** The name of our half of a version. */
    public static String ourHalf(int version) {
        return BlindIndex.firstKey(IndexTerm.Kind.ACCESS_LOG, version);
    }

    /** The custodian's name of its half of a version. */
    public static String custodianKey(int version) {
        return IndexTerm.Kind.ACCESS_LOG.custodianKey(version);
    }

    /**
     * Calls a function of the keyring about a version.
     *
     * @return what it answers, null where it answers nothing
     */
    @Nullable
    Object call(String sql, int version, String... texts) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setInt(1, version);
            for (int i = 0; i < texts.length; i++) {
                statement.setString(i + 2, texts[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getObject(1);
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }
}
