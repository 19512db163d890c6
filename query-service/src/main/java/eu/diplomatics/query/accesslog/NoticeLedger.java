package eu.diplomatics.query.accesslog;

import static eu.diplomatics.query.accesslog.Columns.array;
import static eu.diplomatics.query.accesslog.Columns.bytes;

import eu.diplomatics.accesslog.NoticeSeal.Sealed;
import eu.diplomatics.query.accesslog.CaseLedger.News;
import eu.diplomatics.query.accesslog.CaseLedger.Scope;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Notices and who is to get them, beside the access log, as its role {@code al_notifier} has them: it calls functions and
 * reads no table. All throw {@link LedgerUnavailableException}.
 */
public final class NoticeLedger {
    /** So many come at once, at most. */
    public static final int MOST = 500;

    private static final String POSITION = "SELECT accesslog.notice_position(?)";
    private static final String DISTRIBUTE =
            "SELECT accesslog.go_through(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String DUE = """
            SELECT o_record, o_agency, o_event, o_recipient, o_recipient_key, o_change, o_change_key
            FROM accesslog.due_notices(?)""";
    private static final String GIVE = "SELECT accesslog.give_notices(?, ?, ?, ?, ?, ?, ?)";
    private static final String FEED = "SELECT o_last, o_acknowledged FROM accesslog.feed_of(?)";
    private static final String NOTICES =
            "SELECT o_number, o_event, o_sealed, o_seal_key FROM accesslog.notices_of(?, ?, ?)";
    private static final String ACKNOWLEDGE = "SELECT accesslog.acknowledge_notices(?, ?)";
    private static final String WAITING = "SELECT o_feed, o_waiting, o_oldest FROM accesslog.waiting_notices()";

    private final NotifierCalls calls;

    NoticeLedger(DataSource notifier) {
        this.calls = new NotifierCalls(notifier);
    }

    /** The ledger could not be reached, or refused. */
    public static final class LedgerUnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LedgerUnavailableException(SQLException cause) {
            super("the ledger of notices does not answer (" + cause.getSQLState() + ")", cause);
        }
    }

    /** Something that happened to a record. */
    public record Change(byte[] record, byte[] event, long version, Sealed sealed) {}

    /** A notice that is not written yet. */
    public record Due(byte[] record, byte[] agency, byte[] event, Sealed recipient, Sealed change) {}

    /** A notice to be written for an agency. */
    public record Given(Due due, byte[] feed, byte[] notice, Sealed sealed) {}

    /** A notice as it stands in an agency's feed. */
    public record Row(long number, byte[] notice, Sealed sealed) {}

    /** How far an agency's feed goes, and how far the agency acknowledged it. */
    public record Feed(long last, long acknowledged) {
        static final Feed EMPTY = new Feed(0, 0);
    }

    /** @param oldest when the oldest notice that was not acknowledged was written */
    public record Waiting(byte[] feed, long notices, Instant oldest) {}

    /** Up to where the log of this incarnation was gone through. */
    public long position(int incarnation) {
        return calls.one(POSITION, (connection, statement) -> statement.setInt(1, incarnation), row -> row.getLong(1));
    }

    /**
     * Goes from one position to another, durably with all that changed between them, what cases are to be told of it and
     * whose streams they follow from then on.
     *
     * @return false where another instance did
     */
    public boolean distribute(
            int incarnation, long from, long to, List<Change> changes, List<Scope> scopes, List<News> news) {
        List<Followed> followed = scopes.stream()
                .flatMap(scope -> scope.streams().stream().map(stream -> new Followed(scope.id(), stream)))
                .toList();
        return calls.one(
                DISTRIBUTE,
                (connection, statement) -> {
                    statement.setInt(1, incarnation);
                    statement.setLong(2, from);
                    statement.setLong(3, to);
                    statement.setArray(4, bytes(connection, changes, Change::record));
                    statement.setArray(5, bytes(connection, changes, Change::event));
                    statement.setArray(6, array(connection, "int8", changes, Change::version));
                    statement.setArray(
                            7,
                            bytes(connection, changes, change -> change.sealed().value()));
                    statement.setArray(
                            8,
                            array(
                                    connection,
                                    "int2",
                                    changes,
                                    change -> change.sealed().key()));
                    statement.setArray(9, array(connection, "uuid", scopes, Scope::id));
                    statement.setArray(10, bytes(connection, scopes, Scope::root));
                    statement.setArray(11, array(connection, "uuid", followed, Followed::id));
                    statement.setArray(12, bytes(connection, followed, Followed::stream));
                    statement.setArray(13, array(connection, "uuid", news, News::id));
                    statement.setArray(14, bytes(connection, news, News::event));
                    statement.setArray(
                            15, bytes(connection, news, each -> each.sealed().value()));
                    statement.setArray(
                            16,
                            array(
                                    connection,
                                    "int2",
                                    news,
                                    each -> each.sealed().key()));
                },
                row -> row.getBoolean(1));
    }

    private record Followed(UUID id, byte[] stream) {}

    /** What is to be written, in the order of the log. */
    public List<Due> due() {
        return calls.all(
                DUE,
                (connection, statement) -> statement.setInt(1, MOST),
                row -> new Due(
                        row.getBytes(1),
                        row.getBytes(2),
                        row.getBytes(3),
                        new Sealed(row.getBytes(4), row.getInt(5)),
                        new Sealed(row.getBytes(6), row.getInt(7))));
    }

    /** Writes them; what an agency was told before it is not told again. */
    public void give(List<Given> notices) {
        calls.all(
                GIVE,
                (connection, statement) -> {
                    statement.setArray(
                            1, bytes(connection, notices, given -> given.due().record()));
                    statement.setArray(
                            2, bytes(connection, notices, given -> given.due().agency()));
                    statement.setArray(
                            3, bytes(connection, notices, given -> given.due().event()));
                    statement.setArray(4, bytes(connection, notices, Given::feed));
                    statement.setArray(5, bytes(connection, notices, Given::notice));
                    statement.setArray(
                            6,
                            bytes(connection, notices, given -> given.sealed().value()));
                    statement.setArray(
                            7,
                            array(
                                    connection,
                                    "int2",
                                    notices,
                                    given -> given.sealed().key()));
                },
                row -> true);
    }

    public Feed feed(byte[] feed) {
        return calls
                .all(
                        FEED,
                        (connection, statement) -> statement.setBytes(1, feed),
                        row -> new Feed(row.getLong(1), row.getLong(2)))
                .stream()
                .findFirst()
                .orElse(Feed.EMPTY);
    }

    /** Those behind a number that were not acknowledged, in order. */
    public List<Row> notices(byte[] feed, long after, int limit) {
        return calls.all(
                NOTICES,
                (connection, statement) -> {
                    statement.setBytes(1, feed);
                    statement.setLong(2, after);
                    statement.setInt(3, limit);
                },
                row -> new Row(row.getLong(1), row.getBytes(2), new Sealed(row.getBytes(3), row.getInt(4))));
    }

    /** @return false where it was before, or there is no such notice */
    public boolean acknowledge(byte[] feed, long upTo) {
        return calls.one(
                ACKNOWLEDGE,
                (connection, statement) -> {
                    statement.setBytes(1, feed);
                    statement.setLong(2, upTo);
                },
                row -> row.getBoolean(1));
    }

    /** Agencies that have not acknowledged all. */
    public List<Waiting> waiting() {
        return calls.all(
                WAITING,
                (connection, statement) -> {},
                row -> new Waiting(
                        row.getBytes(1),
                        row.getLong(2),
                        Optional.ofNullable(row.getObject(3, OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant)
                                .orElse(Instant.EPOCH)));
    }
}
