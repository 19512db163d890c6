package eu.diplomatics.registry.transparency;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.qualification.DomainEvent.PositionLost;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.sealing.Checkpoints;
import eu.diplomatics.sealing.EventLeaves;
import eu.diplomatics.sealing.JdbcTileStore;
import eu.diplomatics.sealing.LogOrigin;
import eu.diplomatics.sealing.VersionedCheckpointKeys;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.Tile;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TreeException;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tree as everybody may see it. Nothing of it is about a person: leaves are digests, and what they digest stays
 * sealed. What the database says is compared with the log's own signature before it is handed on.
 */
public final class PublishedLog {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedLog.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String LOST = """
            SELECT EXISTS (SELECT FROM eventstore.event WHERE position = ? AND type = ?),
                EXISTS (SELECT FROM eventstore.incarnation WHERE kept < ? AND first_position > ?)""";

    private final DataSource reader;
    private final EventLeaves source = new EventLeaves();
    private final VersionedCheckpointKeys keys;

    /** @param reader the log's database as {@code es_reader} */
    public PublishedLog(DataSource reader, VersionedCheckpointKeys keys) {
        this.reader = reader;
        this.keys = keys;
    }

    /** The keys that ever signed, the newest first, each with the time in which it does. */
    public record Keys(List<VersionedCheckpointKeys.Validity> keys) {}

    /**
     * That a leaf stands at its position of the tree a checkpoint is about.
     *
     * @param leaf hex, as in the receipt
     * @param size leaves under the checkpoint
     * @param hashes base64, from the leaf's sibling up to the root (RFC 6962)
     * @param checkpoint a signed note
     * @param timeStamp base64 of an RFC 3161 token over the checkpoint as the log signed it, where one was asked for
     */
    public record Inclusion(
            long position,
            String leaf,
            long size,
            List<String> hashes,
            String checkpoint,
            @Nullable String timeStamp) {}

    /**
     * That the tree of a checkpoint begins with all leaves of a smaller one.
     *
     * @param hashes base64 (RFC 6962)
     * @param checkpoint of the larger tree
     */
    public record Consistency(long from, long to, List<String> hashes, String checkpoint) {}

    /** With what checkpoints are verified, the newest first; whoever relies on it has it from elsewhere too. */
    List<VerifierKey> keys() {
        return read(connection -> keys(source.incarnation(connection)));
    }

    private List<VerifierKey> keys(int incarnation) {
        return keys.verifierKeys(name(incarnation));
    }

    private String name(int incarnation) {
        return LogOrigin.name(keys.origin(), incarnation);
    }

    Keys validities() {
        return new Keys(read(connection -> keys.validities(name(source.incarnation(connection)))));
    }

    /**
     * The newest checkpoint, or the one of a size, with its cosignatures.
     *
     * @param incarnation in which it was signed; the one in force when null
     */
    byte[] checkpoint(@Nullable Long size, @Nullable Integer incarnation) {
        return read(connection -> {
            int inForce = source.incarnation(connection);
            if (incarnation == null || incarnation == inForce) {
                return published(connection, size).note();
            }
            if (incarnation < 1 || incarnation > inForce) {
                throw malformed("incarnation");
            }
            try {
                return published(Checkpoints.ofEnded(connection, source.schema(), incarnation), size, incarnation)
                        .note();
            } catch (SQLException e) {
                if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                    throw malformed("incarnation");
                }
                throw e;
            }
        });
    }

    Optional<byte[]> tile(Tile tile) {
        return read(connection -> new JdbcTileStore(connection, source.schema()).read(tile));
    }

    /** @param size of a checkpoint; the newest when null */
    Inclusion inclusion(long position, @Nullable Long size) {
        if (position < 1) {
            throw malformed("position");
        }
        return read(connection -> {
            if (size == null) {
                checkSealed(connection, position);
            }
            return inclusion(connection, position, size, null);
        });
    }

    /**
     * What goes with a receipt.
     *
     * @param leaf hex, as in the receipt; null when it was not said
     * @param stamped under a checkpoint that was stamped
     */
    Inclusion promised(long position, @Nullable String leaf, boolean stamped) {
        if (leaf != null && !leaf.matches("[0-9a-f]{64}")) {
            throw malformed("leaf");
        }
        read(connection -> {
            checkKept(connection, position, leaf);
            return true;
        });
        return stamped ? stampedInclusion(position) : inclusion(position, null);
    }

    /** A receipt for a position that was lost is told so, whatever stands there now. */
    private void checkKept(Connection connection, long position, @Nullable String leaf) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOST)) {
            statement.setLong(1, position);
            statement.setString(2, PositionLost.TYPE);
            statement.setLong(3, position);
            statement.setLong(4, position);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                boolean other = leaf != null && row.getBoolean(2) && !isLeaf(connection, position, leaf);
                if (row.getBoolean(1) || other) {
                    throw ProblemException.of(
                            ProblemCode.REGISTER_AGAIN,
                            "The log lost this event and declared so: see /v1/log/resumptions.");
                }
            }
        }
    }

    private boolean isLeaf(Connection connection, long position, String leaf) throws SQLException {
        return source.after(connection, position - 1, 1).stream()
                .anyMatch(there ->
                        there.position() == position && there.leaf().toString().equals(leaf));
    }

    /** Under the first checkpoint that covers the position and was stamped. */
    private Inclusion stampedInclusion(long position) {
        if (position < 1) {
            throw malformed("position");
        }
        return read(connection -> {
            checkSealed(connection, position);
            Checkpoints.Stamp stamp = new Checkpoints(connection, source.schema())
                    .stampAtLeast(position)
                    .orElseThrow(() -> ProblemException.later(
                            ProblemCode.NOT_YET_STAMPED,
                            "No checkpoint that covers this position was stamped yet.",
                            RETRY_AFTER));
            return inclusion(
                    connection, position, stamp.size(), Base64.getEncoder().encodeToString(stamp.token()));
        });
    }

    private Inclusion inclusion(Connection connection, long position, @Nullable Long size, @Nullable String timeStamp)
            throws SQLException {
        Published published = published(connection, size);
        if (position > published.head().size()) {
            throw malformed("size");
        }
        TileTree tree = tree(connection, published.head());
        return new Inclusion(
                position,
                tree.leaf(position - 1).toString(),
                tree.head().size(),
                text(tree.inclusion(position - 1)),
                new String(published.note(), StandardCharsets.UTF_8),
                timeStamp);
    }

    /** @param to size of a checkpoint; the newest when null */
    Consistency consistency(long from, @Nullable Long to) {
        return read(connection -> {
            Published published = published(connection, to);
            if (from < 1 || from > published.head().size()) {
                throw malformed("from");
            }
            TileTree tree = tree(connection, published.head());
            return new Consistency(
                    from,
                    tree.head().size(),
                    text(tree.consistency(from)),
                    new String(published.note(), StandardCharsets.UTF_8));
        });
    }

    private record Published(TreeHead head, byte[] note) {}

    private Published published(Connection connection, @Nullable Long size) throws SQLException {
        return published(new Checkpoints(connection, source.schema()), size, source.incarnation(connection));
    }

    private Published published(Checkpoints checkpoints, @Nullable Long size, int incarnation) throws SQLException {
        Optional<Checkpoints.Stored> found = size == null ? checkpoints.last() : checkpoints.ofSize(size);
        if (found.isEmpty()) {
            throw size == null
                    ? notYetSealed()
                    : ProblemException.of(
                            ProblemCode.UNKNOWN_CHECKPOINT, "No checkpoint was signed over a tree of this size.");
        }
        byte[] note = checkpoints.cosigned(found.get());
        return new Published(
                new CheckpointVerifier(keys(incarnation), List.of(), 0)
                        .verify(note)
                        .head(),
                note);
    }

    private void checkSealed(Connection connection, long position) throws SQLException {
        long sealed = new Checkpoints(connection, source.schema())
                .last()
                .map(Checkpoints.Stored::size)
                .orElse(0L);
        if (position > sealed) {
            throw position > source.head(connection)
                    ? ProblemException.of(ProblemCode.UNKNOWN_POSITION, "The log does not reach this position.")
                    : notYetSealed();
        }
    }

    private TileTree tree(Connection connection, TreeHead head) {
        return TileTree.open(new JdbcTileStore(connection, source.schema()), head);
    }

    private static List<String> text(List<TreeHash> hashes) {
        return hashes.stream().map(TreeHash::base64).toList();
    }

    private static ProblemException notYetSealed() {
        return ProblemException.later(
                ProblemCode.NOT_YET_SEALED, "The next checkpoint will cover this position.", RETRY_AFTER);
    }

    private static ProblemException malformed(String parameter) {
        return ProblemException.at(
                ProblemCode.MALFORMED, "parameter/" + parameter, "The number is outside of the tree.");
    }

    @FunctionalInterface
    private interface Reading<T> {
        T of(Connection connection) throws SQLException;
    }

    private <T> T read(Reading<T> reading) {
        try (Connection connection = reader.getConnection()) {
            return reading.of(connection);
        } catch (SQLException | UncheckedIOException e) {
            throw new LogUnavailableException("the log's tree cannot be read", false, e);
        } catch (TreeException | NoteException e) {
            // places and hashes, which are public
            LOG.error("ALARM LOG_INCONSISTENT: {}", e.getMessage());
            throw ProblemException.of(
                    ProblemCode.LOG_INCONSISTENT,
                    "The stored tree is not the one that was signed. Operators were told.");
        }
    }
}
