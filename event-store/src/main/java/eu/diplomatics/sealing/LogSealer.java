package eu.diplomatics.sealing;

import eu.diplomatics.sealing.SealMemory.Declared;
import eu.diplomatics.sealing.SealingException.Reason;
import eu.diplomatics.transparency.Checkpoint;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TileWriter;
import eu.diplomatics.transparency.TreeException;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals what a log has new: one transaction takes the sealer's lock, compares the stored tree with the last checkpoint
 * and with what was signed before, appends leaves, remembers the new head at the other provider, signs it, and commits
 * tiles and checkpoint together. What it costs depends on the leaves that are new, not on those before.
 *
 * <p>The order that keeps two views from being signed: a head is remembered before it is signed, and only one head of
 * each size can be. When the transaction is lost after that, the next one has to arrive at the very head that is
 * remembered; when the log no longer gives it, nothing is signed.
 */
public final class LogSealer {
    private static final Logger LOG = LoggerFactory.getLogger(LogSealer.class);
    private static final String LOCK = "SELECT pg_try_advisory_xact_lock(?, hashtext(?))";
    private static final String PRUNE = "SELECT %s.prune_tiles(?)";
    /** Taken together with the hash of the first incarnation's origin. */
    public static final int LOCK_CLASS = 0x5345414C;

    /** 32 full tiles: a quarter of a megabyte that waits in memory. */
    private static final int LEAVES_AT_ONCE = 8192;
    /** How many sealed leaves are compared with the log each time. */
    private static final int LEAVES_COMPARED = 256;
    /** More than a step makes superfluous, and little enough for one transaction. */
    private static final int TILES_PRUNED = 2000;

    private final DataSource log;
    private final LeafSource source;
    private final SealMemory memory;
    private final String origin;
    private final CheckpointKeys keys;

    /**
     * A sealer for one log.
     *
     * @param log the log's database, by the role that may seal
     * @param origin names log, registry and incarnation in every checkpoint; that of the first incarnation
     * @param keys of every incarnation's name
     */
    public LogSealer(DataSource log, LeafSource source, SealMemory memory, String origin, CheckpointKeys keys) {
        this.log = log;
        this.source = source;
        this.memory = memory;
        this.origin = origin;
        this.keys = keys;
    }

    /**
     * What one step got done.
     *
     * @param head of the newest checkpoint
     * @param sealed how many leaves this step added
     * @param more whether there may be further leaves
     */
    public record Step(TreeHead head, long sealed, boolean more) {}

    /**
     * Seals the next leaves.
     *
     * @return empty when another process seals this log just now
     * @throws SealingException when the log is not what was signed; nothing was changed
     * @throws SQLException when a database does not answer; to be tried again
     */
    public Optional<Step> seal() throws SQLException {
        Declared declared = memory.declared(origin);
        try (CheckpointKeys.Signing keysOfStep = keys.open(LogOrigin.name(origin, declared.incarnation()));
                Connection connection = log.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                if (!lock(connection)) {
                    return Optional.empty();
                }
                boolean further = source.prepare(connection);
                // what a head is made of has to outlive the head; the lock goes with the transaction
                connection.commit();
                if (!lock(connection)) {
                    return Optional.empty();
                }
                if (!declared(connection).equals(declared)) {
                    return Optional.empty(); // another began meanwhile: the next step goes by that
                }
                Optional<Step> step = seal(connection, keysOfStep, declared.kept())
                        .map(made -> new Step(made.head(), made.sealed(), made.more() || further));
                connection.commit();
                done = true;
                prune(connection);
                return step;
            } catch (TreeException e) {
                throw new SealingException(Reason.TILES_CHANGED, String.valueOf(e.getMessage()));
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        }
    }

    /** As what to sign. Only the other provider says which incarnation there is: the log's own word is not enough. */
    private Declared declared(Connection connection) throws SQLException {
        int found = source.incarnation(connection);
        Declared declared = memory.declared(origin);
        if (found != declared.incarnation()) {
            throw new SealingException(
                    Reason.INCARNATION,
                    "the log is of incarnation " + found + ", and the last one declared is " + declared.incarnation());
        }
        return declared;
    }

    private Optional<Step> seal(Connection connection, CheckpointKeys.Signing signing, TreeHead kept)
            throws SQLException {
        String name = signing.origin();
        Checkpoints checkpoints = new Checkpoints(connection, source.schema());
        JdbcTileStore tiles = new JdbcTileStore(connection, source.schema());
        Optional<Checkpoints.Stored> last = checkpoints.last();
        TreeHead sealed = last.isPresent() ? verified(last.get(), signing) : TreeHead.EMPTY;
        TileTree tree = TileTree.open(tiles, sealed);
        TreeHead remembered = remembered(name, tree);
        long head = source.head(connection);
        long signed = Math.max(sealed.size(), remembered.size());
        if (head < signed) {
            throw new SealingException(
                    Reason.LOG_CUT, "the log ends at position " + head + ", and " + signed + " were signed");
        }
        compareNewest(connection, tree);
        boolean behind = remembered.size() > sealed.size();
        TileWriter writer = TileWriter.resume(tiles, sealed);
        // an incarnation signs nothing that is shorter than what it keeps of the one before
        long next = Math.max(sealed.size() + LEAVES_AT_ONCE, kept.size());
        TreeHead grown = append(connection, writer, behind ? remembered.size() : next);
        if (grown.size() == sealed.size()) {
            return Optional.of(new Step(sealed, 0, false));
        }
        if (sealed.size() < kept.size()) {
            same(kept, TileTree.open(tiles, grown).headAt(Math.min(kept.size(), grown.size())));
        }
        if (behind) {
            same(remembered, grown);
        } else if (!memory.remember(name, sealed, grown)) {
            return Optional.empty();
        }
        checkpoints.insert(grown, signing.sign(new Checkpoint(name, grown)).toBytes());
        return Optional.of(new Step(grown, grown.size() - sealed.size(), grown.size() < head));
    }

    private static TreeHead verified(Checkpoints.Stored stored, CheckpointKeys.Signing signing) {
        try {
            TreeHead head = new CheckpointVerifier(signing.known(), List.of(), 0)
                    .verify(stored.note())
                    .head();
            if (head.size() != stored.size()) {
                throw new SealingException(
                        Reason.CHECKPOINT_FORGED,
                        "checkpoint of size " + stored.size() + ": its note is of size " + head.size());
            }
            return head;
        } catch (NoteException e) {
            throw new SealingException(
                    Reason.CHECKPOINT_FORGED, "checkpoint of size " + stored.size() + ": " + e.getMessage());
        }
    }

    /** What was signed last, by the memory of the other provider. */
    private TreeHead remembered(String name, TileTree tree) throws SQLException {
        TreeHead remembered = memory.last(name);
        TreeHead sealed = tree.head();
        if (remembered.size() > sealed.size()) {
            LOG.warn("the log's checkpoint is of size {}, and {} were signed", sealed.size(), remembered.size());
            return remembered;
        }
        same(remembered, tree.headAt(remembered.size()));
        if (remembered.size() < sealed.size()) {
            // our own signature stands under the log's: the memory was restored from an older copy
            LOG.warn("remembered was size {}, and {} were signed", remembered.size(), sealed.size());
            if (!memory.remember(name, remembered, sealed)) {
                throw new SQLException("another sealer is at work");
            }
        }
        return sealed;
    }

    private static void same(TreeHead signed, TreeHead found) {
        if (!signed.equals(found)) {
            throw new SealingException(
                    Reason.FORKED,
                    "the first " + signed.size() + " leaves give root " + found.root() + ", and " + signed.root()
                            + " was signed");
        }
    }

    /** The newest leaves of the tree are still those of the log: a tail that was cut and grown again shows at once. */
    private void compareNewest(Connection connection, TileTree tree) throws SQLException {
        long size = tree.head().size();
        long from = Math.max(0, size - LEAVES_COMPARED);
        List<TreeHash> sealed = tree.leaves(from, size);
        List<LogLeaf> found = read(connection, from, (int) (size - from));
        for (int i = 0; i < found.size(); i++) {
            if (!found.get(i).leaf().equals(sealed.get(i))) {
                throw new SealingException(
                        Reason.SEALED_LEAF_CHANGED,
                        "position " + found.get(i).position() + ": the leaf is not the one that was signed");
            }
        }
    }

    /** Appends leaves up to a size, or as many as there are. */
    private TreeHead append(Connection connection, TileWriter writer, long upTo) throws SQLException {
        while (writer.head().size() < upTo) {
            long size = writer.head().size();
            List<LogLeaf> leaves = read(connection, size, (int) Math.min(LEAVES_AT_ONCE, upTo - size));
            if (leaves.isEmpty()) {
                break;
            }
            List<TreeHash> hashes = new ArrayList<>(leaves.size());
            leaves.forEach(leaf -> hashes.add(leaf.leaf()));
            writer.append(hashes);
        }
        return writer.head();
    }

    private List<LogLeaf> read(Connection connection, long position, int limit) throws SQLException {
        List<LogLeaf> leaves = source.after(connection, position, limit);
        long expected = position;
        for (LogLeaf leaf : leaves) {
            expected++;
            if (leaf.position() != expected) {
                throw new SealingException(Reason.LOG_GAP, "position " + expected + " is missing");
            }
            if (!leaf.fits()) {
                throw new SealingException(
                        Reason.LEAF_CHANGED, "position " + expected + ": the leaf does not belong to its header");
            }
        }
        return leaves;
    }

    /** Partial tiles whose full one is published go; when that fails, the next step takes them along. */
    private void prune(Connection connection) {
        try (PreparedStatement statement = connection.prepareStatement(PRUNE.formatted(source.schema()))) {
            statement.setInt(1, TILES_PRUNED);
            statement.execute();
            connection.commit();
        } catch (SQLException e) {
            LOG.warn("superfluous tiles of {} stay for now: SQLSTATE {}", origin, e.getSQLState());
        }
    }

    private boolean lock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
            statement.setInt(1, LOCK_CLASS);
            statement.setString(2, origin);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /**
     * What waits to be sealed, by the database's own word.
     *
     * @throws SQLException when the database does not answer
     */
    Waiting waiting() throws SQLException {
        try (Connection connection = log.getConnection()) {
            long size = new Checkpoints(connection, source.schema())
                    .last()
                    .map(Checkpoints.Stored::size)
                    .orElse(0L);
            return new Waiting(size, source.head(connection) - size, source.recordedAt(connection, size + 1));
        }
    }

    /** How many leaves wait behind the newest checkpoint, and since when. */
    record Waiting(long size, long count, Optional<Instant> since) {}

    String origin() {
        return origin;
    }
}
