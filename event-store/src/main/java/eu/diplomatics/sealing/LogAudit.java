package eu.diplomatics.sealing;

import eu.diplomatics.sealing.AuditFinding.Code;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TreeException;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Holds a whole log against itself: headers against leaves, leaves against tiles, tiles against each checkpoint,
 * checkpoints against the log's and the witnesses' keys and against what is remembered at the other provider. Reads
 * only; says where, up to a number of findings.
 */
public final class LogAudit {
    private static final int PAGE = 8192;
    private static final int TILE = 256;

    private final DataSource log;
    private final LeafSource source;
    private final Optional<SealMemory> memory;
    private final List<VerifierKey> logKeys;
    private final List<VerifierKey> witnesses;
    private final InstantSource clock;
    private final Duration maxDelay;

    /**
     * An audit.
     *
     * @param log the log's database, by a role that reads it
     * @param memory of the other provider; without it a log that was rolled back as a whole is not told from a short one
     * @param logKeys from elsewhere than from the log's database: all that ever signed it
     */
    public LogAudit(
            DataSource log,
            LeafSource source,
            Optional<SealMemory> memory,
            List<VerifierKey> logKeys,
            List<VerifierKey> witnesses,
            InstantSource clock,
            Duration maxDelay) {
        this.log = log;
        this.source = source;
        this.memory = memory;
        this.logKeys = List.copyOf(logKeys);
        this.witnesses = List.copyOf(witnesses);
        this.clock = clock;
        this.maxDelay = maxDelay;
    }

    /**
     * What an audit saw.
     *
     * @param leaves how many positions were compared
     * @param checkpoints how many checkpoints were verified
     * @param findings in the order they were met; empty when all is well
     * @param complete whether these are all: an audit stops listing at {@link Findings#LIMIT}
     */
    public record Report(long leaves, long checkpoints, List<AuditFinding> findings, boolean complete) {}

    /**
     * Audits the log as it stands when this begins.
     *
     * @throws SQLException when a database does not answer
     */
    public Report run() throws SQLException {
        Findings findings = new Findings();
        try (Connection connection = log.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            long head = source.head(connection);
            CheckpointAudit checkpoints = new CheckpointAudit(
                    new Checkpoints(connection, source.schema()), memory, logKeys, witnesses, findings);
            checkpoints.run();
            TreeHead signed = checkpoints.signed();
            if (head < signed.size()) {
                findings.add(
                        Code.LOG_CUT,
                        head + 1,
                        "the log ends at position " + head + ", and " + signed.size() + " were signed");
            }
            Optional<TileTree> tree = open(connection, checkpoints.newest(), findings);
            tree.ifPresent(checkpoints::compareRoots);
            leaves(connection, tree, checkpoints, head, findings);
            checkpoints.compareUnpublished(connection, source);
            waiting(connection, checkpoints.newest().size(), findings);
            connection.rollback();
            return new Report(head, checkpoints.count(), findings.all(), findings.complete());
        }
    }

    private Optional<TileTree> open(Connection connection, TreeHead newest, Findings findings) {
        try {
            return Optional.of(TileTree.open(new JdbcTileStore(connection, source.schema()), newest));
        } catch (TreeException e) {
            findings.add(Code.TILE_CHANGED, 0, "at the edge of size " + newest.size() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private void leaves(
            Connection connection, Optional<TileTree> tree, CheckpointAudit checkpoints, long head, Findings findings)
            throws SQLException {
        long end = Math.max(head, tree.map(opened -> opened.head().size()).orElse(0L));
        for (long from = 0; from < end; from += PAGE) {
            long to = Math.min(end, from + PAGE);
            List<Optional<TreeHash>> sealed = sealed(tree, from, to, findings);
            List<LogLeaf> found = source.after(connection, from, (int) (to - from));
            int next = 0;
            for (long position = from + 1; position <= to; position++) {
                if (next == found.size() || found.get(next).position() != position) {
                    if (position <= head) {
                        findings.add(Code.EVENT_MISSING, position, "an event stood here, and is gone");
                    }
                    continue;
                }
                LogLeaf leaf = found.get(next);
                compare(leaf, sealed.get((int) (position - from - 1)), findings);
                if (leaf.fits() && !mayBeGone(leaf, checkpoints)) {
                    findings.add(
                            Code.LEAF_CHANGED, position, "the row is gone, and the other provider knows it as younger");
                }
                next++;
            }
        }
    }

    private static boolean mayBeGone(LogLeaf leaf, CheckpointAudit checkpoints) {
        return leaf.goneIfBefore()
                .map(moment -> checkpoints.isOlder(leaf.position(), moment))
                .orElse(true);
    }

    private static void compare(LogLeaf found, Optional<TreeHash> sealed, Findings findings) {
        if (!found.fits()) {
            findings.add(Code.LEAF_CHANGED, found.position(), "the leaf does not belong to its header");
        }
        if (sealed.isPresent() && !sealed.get().equals(found.leaf())) {
            findings.add(
                    Code.SEALED_LEAF_CHANGED,
                    found.position(),
                    "the leaf is " + found.leaf() + ", and " + sealed.get() + " was signed");
        }
    }

    /** The leaves of the tree; empty where it has none, or a tile does not give them. */
    private static List<Optional<TreeHash>> sealed(Optional<TileTree> tree, long from, long to, Findings findings) {
        List<Optional<TreeHash>> sealed = new ArrayList<>();
        if (tree.isPresent()) {
            TileTree opened = tree.get();
            long end = Math.min(to, opened.head().size());
            for (long begin = from; begin < end; begin += TILE) {
                long until = Math.min(end, begin + TILE);
                try {
                    opened.leaves(begin, until).forEach(leaf -> sealed.add(Optional.of(leaf)));
                } catch (TreeException e) {
                    findings.add(
                            Code.TILE_CHANGED,
                            begin + 1,
                            "the leaves of positions " + (begin + 1) + " to " + until + " cannot be told: "
                                    + e.getMessage());
                    for (long i = begin; i < until; i++) {
                        sealed.add(Optional.empty());
                    }
                }
            }
        }
        while (sealed.size() < to - from) {
            sealed.add(Optional.empty());
        }
        return sealed;
    }

    private void waiting(Connection connection, long sealed, Findings findings) throws SQLException {
        Optional<Instant> since = source.recordedAt(connection, sealed + 1);
        if (since.isPresent() && since.get().isBefore(clock.instant().minus(maxDelay))) {
            findings.add(Code.NOT_SEALED, sealed + 1, "recorded at " + since.get() + ", and no checkpoint covers it");
        }
    }

    /** What was found so far; beyond a number the rest is only counted. */
    static final class Findings {
        static final int LIMIT = 1000;

        private final List<AuditFinding> all = new ArrayList<>();
        private boolean complete = true;

        void add(Code code, long position, String text) {
            if (all.size() < LIMIT) {
                all.add(new AuditFinding(code, position, text));
            } else {
                complete = false;
            }
        }

        List<AuditFinding> all() {
            return List.copyOf(all);
        }

        boolean complete() {
            return complete;
        }
    }
}
