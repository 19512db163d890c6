package eu.diplomatics.query.accesslog;

import static eu.diplomatics.query.accesslog.Columns.array;
import static eu.diplomatics.query.accesslog.Columns.bytes;

import eu.diplomatics.accesslog.NoticeSeal.Sealed;
import eu.diplomatics.query.accesslog.NoticeLedger.LedgerUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Cases of agencies beside the access log, as its role {@code al_notifier} has them: it calls functions and reads no table.
 * All throw {@link LedgerUnavailableException}.
 */
public final class CaseLedger {
    private static final String OPEN = "SELECT o_id, o_after FROM accesslog.open_case(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String CLOSE = "SELECT accesslog.close_case(?, ?, ?)";
    private static final String OF = """
            SELECT o_id, o_key, o_sealed, o_seal_key, o_opened_at, o_until FROM accesslog.cases_of(?, ?, ?)""";
    private static final String REACH = "SELECT o_any, o_waiting FROM accesslog.reach(?, ?)";
    private static final String FOLLOWED =
            "o_id, o_key, o_person, o_after, o_up_to, o_until, o_root, o_root_sealed, o_root_key";
    private static final String TO_FOLLOW = "SELECT " + FOLLOWED + " FROM accesslog.cases_to_follow()";
    private static final String WAITING = "SELECT " + FOLLOWED + " FROM accesslog.cases_waiting(?)";
    private static final String WITH = "SELECT " + FOLLOWED + ", o_streams FROM accesslog.cases_with(?)";
    private static final String DUE = """
            SELECT o_case, o_event, o_news, o_news_key, o_key, o_about, o_about_key FROM accesslog.due_case_news(?)""";
    private static final String GIVE = "SELECT accesslog.give_case_news(?, ?, ?, ?, ?, ?)";

    private final NotifierCalls calls;

    CaseLedger(DataSource notifier) {
        this.calls = new NotifierCalls(notifier);
    }

    /**
     * To whom a number leads.
     *
     * @param pseudonym of the holder
     * @param sealed the holder's id
     */
    public record Root(byte[] pseudonym, Sealed sealed) {
        @Override
        public String toString() {
            return "Root[redacted]";
        }
    }

    /**
     * A case to be opened, or renewed where it is open.
     *
     * @param id where it is a new one
     * @param until then it ends by itself
     * @param head position of the log's end as it was before the number was looked for
     * @param root null while nobody has the number
     */
    public record Wanted(
            UUID id,
            byte[] key,
            byte[] agency,
            byte[] person,
            Sealed sealed,
            Instant until,
            long head,
            @Nullable Root root) {
        @Override
        public String toString() {
            return "Wanted[redacted]";
        }
    }

    /** @param after what stands behind this position of the log is told */
    public record Opened(UUID id, long after) {}

    /** An open case of an agency, for its list. */
    public record Listed(UUID id, byte[] key, Sealed sealed, Instant openedAt, Instant until) {}

    /** Whether there are cases that are told of anything, and whether any of them is about somebody whose number nobody has yet. */
    public record Live(boolean any, boolean waiting) {}

    /**
     * A case as whoever goes through the log has it.
     *
     * @param after what stands behind this position is told
     * @param upTo and nothing behind this one; null while it is open
     * @param until and nothing that was recorded then or later
     * @param root pseudonym of the holder to whom the number leads; null while nobody has it
     * @param sealedRoot that holder's id; null where it came after the case was opened
     * @param streams pseudonyms of holders and records that are this person's; empty while that is not known
     */
    public record Followed(
            UUID id,
            byte[] key,
            byte[] person,
            long after,
            @Nullable Long upTo,
            Instant until,
            byte @Nullable [] root,
            @Nullable Sealed sealedRoot,
            List<byte[]> streams) {
        @Override
        public String toString() {
            return "Followed[redacted]";
        }
    }

    /** Whose streams a case follows from now on; these and no other. */
    public record Scope(UUID id, byte[] root, List<byte[]> streams) {
        @Override
        public String toString() {
            return "Scope[redacted]";
        }
    }

    /** Something a case is to be told of. */
    public record News(UUID id, byte[] event, Sealed sealed) {}

    /**
     * News that are not written yet.
     *
     * @param key of the case
     * @param about what the case is for
     */
    public record Due(UUID id, byte[] event, Sealed news, byte[] key, Sealed about) {}

    /** As a notice in an agency's feed; without a feed it is told nobody. */
    public record Given(
            Due due,
            byte @Nullable [] feed,
            byte @Nullable [] notice,
            @Nullable Sealed sealed) {}

    /** Empty where the log was gone through beyond {@code head} meanwhile: then the number is looked for again. */
    public Optional<Opened> open(Wanted wanted) {
        Root root = wanted.root();
        return calls
                .all(
                        OPEN,
                        (connection, statement) -> {
                            statement.setObject(1, wanted.id());
                            statement.setBytes(2, wanted.key());
                            statement.setBytes(3, wanted.agency());
                            statement.setBytes(4, wanted.person());
                            statement.setBytes(5, wanted.sealed().value());
                            statement.setShort(6, (short) wanted.sealed().key());
                            statement.setObject(7, wanted.until().atOffset(ZoneOffset.UTC));
                            statement.setLong(8, wanted.head());
                            statement.setBytes(9, root == null ? null : root.pseudonym());
                            statement.setBytes(
                                    10, root == null ? null : root.sealed().value());
                            statement.setObject(
                                    11,
                                    root == null ? null : (short) root.sealed().key(),
                                    java.sql.Types.SMALLINT);
                        },
                        row -> new Opened(row.getObject(1, UUID.class), row.getLong(2)))
                .stream()
                .findFirst();
    }

    /**
     * @param head position of the log's end: what stands up to there is told still
     * @return false where the agency has no such case
     */
    public boolean close(byte[] agency, UUID id, long head) {
        return calls.one(
                CLOSE,
                (connection, statement) -> {
                    statement.setBytes(1, agency);
                    statement.setObject(2, id);
                    statement.setLong(3, head);
                },
                row -> row.getBoolean(1));
    }

    /** An agency's open cases behind an id, in the order of their ids. */
    public List<Listed> of(byte[] agency, UUID after, int limit) {
        return calls.all(
                OF,
                (connection, statement) -> {
                    statement.setBytes(1, agency);
                    statement.setObject(2, after);
                    statement.setInt(3, limit);
                },
                row -> new Listed(
                        row.getObject(1, UUID.class),
                        row.getBytes(2),
                        new Sealed(row.getBytes(3), row.getInt(4)),
                        instant(row, 5),
                        instant(row, 6)));
    }

    /** Says how far somebody is about to go: a case that is opened from then on begins behind it. */
    public Live reach(int incarnation, long to) {
        return calls.one(
                REACH,
                (connection, statement) -> {
                    statement.setInt(1, incarnation);
                    statement.setLong(2, to);
                },
                row -> new Live(row.getBoolean(1), row.getBoolean(2)));
    }

    /** Cases of which it is not known yet which streams are their persons'. */
    public List<Followed> toFollow() {
        return calls.all(TO_FOLLOW, (connection, statement) -> {}, row -> followed(row, List.of()));
    }

    /** Cases about these people of whom nobody had the number yet. */
    public List<Followed> waiting(Collection<byte[]> persons) {
        return calls.all(
                WAITING,
                (connection, statement) -> statement.setArray(1, bytes(connection, persons, person -> person)),
                row -> followed(row, List.of()));
    }

    /** Cases that follow one of these streams. */
    public List<Followed> with(Collection<byte[]> streams) {
        return calls.all(
                WITH,
                (connection, statement) -> statement.setArray(1, bytes(connection, streams, stream -> stream)),
                row -> followed(row, Arrays.asList((byte[][]) row.getArray(10).getArray())));
    }

    /** What is to be written, in the order in which it was noted. */
    public List<Due> due() {
        return calls.all(
                DUE,
                (connection, statement) -> statement.setInt(1, NoticeLedger.MOST),
                row -> new Due(
                        row.getObject(1, UUID.class),
                        row.getBytes(2),
                        new Sealed(row.getBytes(3), row.getInt(4)),
                        row.getBytes(5),
                        new Sealed(row.getBytes(6), row.getInt(7))));
    }

    /** Writes them; what an agency was told before for this case it is not told again. */
    public void give(List<Given> given) {
        calls.all(
                GIVE,
                (connection, statement) -> {
                    statement.setArray(
                            1,
                            array(connection, "uuid", given, each -> each.due().id()));
                    statement.setArray(
                            2, bytes(connection, given, each -> each.due().event()));
                    statement.setArray(3, bytes(connection, given, Given::feed));
                    statement.setArray(4, bytes(connection, given, Given::notice));
                    statement.setArray(5, bytes(connection, given, each -> value(each.sealed())));
                    statement.setArray(6, array(connection, "int2", given, each -> key(each.sealed())));
                },
                row -> true);
    }

    private static byte @Nullable [] value(@Nullable Sealed sealed) {
        return sealed == null ? null : sealed.value();
    }

    private static @Nullable Integer key(@Nullable Sealed sealed) {
        return sealed == null ? null : sealed.key();
    }

    private static Followed followed(ResultSet row, List<byte[]> streams) throws SQLException {
        byte[] sealed = row.getBytes(8);
        return new Followed(
                row.getObject(1, UUID.class),
                row.getBytes(2),
                row.getBytes(3),
                row.getLong(4),
                row.getObject(5, Long.class),
                instant(row, 6),
                row.getBytes(7),
                sealed == null ? null : new Sealed(sealed, row.getInt(9)),
                streams);
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
