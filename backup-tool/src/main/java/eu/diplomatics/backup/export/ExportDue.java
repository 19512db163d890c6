package eu.diplomatics.backup.export;

import eu.diplomatics.backup.export.ExportRegister.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Until when a new export has to take the place of those at the second provider, and until when whoever could read those
 * that went has to have destroyed the identity that opens them (R10, R13, R17).
 */
public final class ExportDue {
    /** From a shredding, or the end of a key, that the export does not know of; and from the removal of an export. */
    public static final Duration LATEST = Duration.ofHours(72);

    private static final String FIRST_SINCE = """
            SELECT min(recorded_at) FROM eventstore.event
            WHERE position > ? AND type IN ('StreamShredded', 'KeyRetired')
            """;

    private final DataSource store;

    /** @param store logs in as a role that may read headers of the log */
    public ExportDue(DataSource store) {
        this.store = store;
    }

    /** How it stands with an export at the second provider, or with all of them: the later, the worse. */
    public enum State {
        /** Nothing was shredded and no key ended since. */
        CURRENT,
        /** A new one is due by a time that is still to come. */
        DUE,
        OVERDUE,
        /** There is none. */
        NONE
    }

    /**
     * An export that is there.
     *
     * @param dueAt by when a newer one has to be there in its place; absent where nothing is due
     */
    public record Due(Entry export, State state, @Nullable Instant dueAt) {}

    /**
     * The identity of an export that is there no more: copies of that may be.
     *
     * @param dueAt by when it is to be destroyed, and that to be filed
     */
    public record Identity(Entry export, Instant dueAt, boolean overdue) {}

    /** @param dueAt the first; absent where nothing is due */
    public record Verdict(State state, @Nullable Instant dueAt, List<Due> exports, List<Identity> identities) {
        public Verdict {
            exports = List.copyOf(exports);
            identities = List.copyOf(identities);
        }

        /** Whether nothing is late. */
        public boolean isInTime() {
            return state.compareTo(State.OVERDUE) < 0 && identities.stream().noneMatch(Identity::overdue);
        }
    }

    /** @param entries of the register, all of them */
    public Verdict of(List<Entry> entries, Instant now) throws SQLException {
        List<Due> there = new ArrayList<>();
        List<Identity> identities = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.remains()) {
                there.add(due(entry, now));
            } else if (entry.identityDestroyedAt() == null) {
                Instant dueAt = Objects.requireNonNull(entry.removedAt()).plus(LATEST);
                identities.add(new Identity(entry, dueAt, now.isAfter(dueAt)));
            }
        }
        boolean whole = there.stream().anyMatch(each -> each.export().since() == 0);
        State worst =
                there.stream().map(Due::state).max(Comparator.naturalOrder()).orElse(State.NONE);
        Optional<Instant> first =
                there.stream().map(Due::dueAt).filter(Objects::nonNull).min(Comparator.naturalOrder());
        return new Verdict(whole || worst == State.OVERDUE ? worst : State.NONE, first.orElse(null), there, identities);
    }

    private Due due(Entry entry, Instant now) throws SQLException {
        try (Connection connection = store.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIRST_SINCE)) {
            statement.setLong(1, entry.until());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Timestamp first = row.getTimestamp(1);
                if (first == null) {
                    return new Due(entry, State.CURRENT, null);
                }
                Instant dueAt = first.toInstant().plus(LATEST);
                return new Due(entry, now.isAfter(dueAt) ? State.OVERDUE : State.DUE, dueAt);
            }
        }
    }
}
