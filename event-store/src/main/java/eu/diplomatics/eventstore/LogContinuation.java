package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.WriterSession.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Goes on with a log that lost events: fills the positions that are known to be lost, begins the new incarnation and
 * appends what declares it, in one transaction that keeps everybody else from appending. The log's writer goes on by
 * itself afterwards.
 */
public final class LogContinuation {
    private static final int AT_ONCE = 500;

    private final PGSimpleDataSource source;
    private final long epoch;

    LogContinuation(PGSimpleDataSource source, long epoch) {
        this.source = source;
        this.epoch = epoch;
    }

    /**
     * What is to begin.
     *
     * @param log origin of the log's first incarnation
     * @param kept up to this position nothing is lost
     * @param highestKnown nothing is numbered up to here again
     * @param statement the signed declaration
     */
    public record Wanted(String log, int incarnation, long kept, long highestKnown, String statement) {}

    /**
     * Begins an incarnation.
     *
     * @param sealersLock class of the advisory lock that the sealer of this log takes
     * @param fillers events that stand for lost ones, so many as asked, in a stream of their own
     * @param declaration the event that declares the incarnation; told its position
     * @return the first position of the incarnation, that of the declaration
     * @throws LogUnavailableException when nothing was changed, or nobody knows: ask the log for its incarnation
     */
    public long begin(
            Wanted wanted, int sealersLock, IntFunction<AppendUnit> fillers, LongFunction<AppendUnit> declaration) {
        try (WriterSession session = new WriterSession(source)) {
            session.beginTransaction();
            long head = session.holdForIncarnation(epoch);
            while (head < wanted.highestKnown()) {
                int missing = (int) Math.min(AT_ONCE, wanted.highestKnown() - head);
                append(session, head, fillers.apply(missing));
                head += missing;
            }
            long first = session.beginIncarnation(epoch, sealersLock, wanted);
            append(session, head, declaration.apply(first));
            session.commit();
            return first;
        } catch (SQLException e) {
            throw new LogUnavailableException(
                    "the incarnation did not begin (" + SqlStates.of(e) + ")",
                    SqlStates.of(e).equals(SqlStates.DEPOSED),
                    e);
        }
    }

    private void append(WriterSession session, long head, AppendUnit unit) throws SQLException {
        AppendBatch.check(unit);
        Verdict verdict =
                session.append(epoch, head, new AppendBatch(List.of(unit))).getFirst();
        if (verdict.kind() != Verdict.Kind.APPENDED) {
            throw new SQLException("a filler clashes", SqlStates.HEAD_MOVED);
        }
    }
}
