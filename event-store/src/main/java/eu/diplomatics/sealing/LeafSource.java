package eu.diplomatics.sealing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A log as the tree sees it: leaves by position. Reads in the transaction of the connection it is given. */
public interface LeafSource {
    /** The schema that holds the log, its tiles and its checkpoints. */
    String schema();

    /**
     * Makes leaves of what has none yet; it is committed before they are sealed. Most logs have them already.
     *
     * @return whether there may be more to make leaves of
     */
    default boolean prepare(Connection connection) throws SQLException {
        return false;
    }

    /** Which incarnation of itself the log says it is, from 1; most logs have one only. */
    default int incarnation(Connection connection) throws SQLException {
        return 1;
    }

    /** The last position; 0 for an empty log. */
    long head(Connection connection) throws SQLException;

    /** When the log took what stands at a position; empty when nothing stands there. */
    Optional<Instant> recordedAt(Connection connection, long position) throws SQLException;

    /** The leaves after a position, in order, each compared with what it was made of. */
    List<LogLeaf> after(Connection connection, long position, int limit) throws SQLException;
}
