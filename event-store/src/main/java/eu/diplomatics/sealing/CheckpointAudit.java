package eu.diplomatics.sealing;

import eu.diplomatics.sealing.AuditFinding.Code;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TileWriter;
import eu.diplomatics.transparency.TreeException;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The part of an audit that is about what was signed: checkpoints, cosignatures, and the memory of the other provider. */
final class CheckpointAudit {
    private static final int PAGE = 1000;

    private final Checkpoints checkpoints;
    private final Optional<SealMemory> memory;
    private final String origin;
    private final CheckpointVerifier verifier;
    private final List<VerifierKey> witnesses;
    private final LogAudit.Findings findings;
    /** Those that are signed, by size. A line of an inventory: a hundred bytes for each minute of the log. */
    private final TreeMap<Long, TreeHead> published = new TreeMap<>();

    private final TreeMap<Long, SealMemory.Remembered> remembered = new TreeMap<>();
    private long count;

    CheckpointAudit(
            Checkpoints checkpoints,
            Optional<SealMemory> memory,
            List<VerifierKey> logKeys,
            List<VerifierKey> witnesses,
            LogAudit.Findings findings) {
        this.checkpoints = checkpoints;
        this.memory = memory;
        this.origin = logKeys.getFirst().name();
        this.verifier = new CheckpointVerifier(logKeys, List.of(), 0);
        this.witnesses = witnesses;
        this.findings = findings;
    }

    void run() throws SQLException {
        readPublished();
        if (memory.isPresent()) {
            readRemembered(memory.get());
            compareMemory();
        }
    }

    private void readPublished() throws SQLException {
        long after = 0;
        while (true) {
            List<Checkpoints.Stored> page = checkpoints.after(after, PAGE);
            if (page.isEmpty()) {
                return;
            }
            for (Checkpoints.Stored stored : page) {
                count++;
                verify(stored);
            }
            after = page.getLast().size();
        }
    }

    private void verify(Checkpoints.Stored stored) throws SQLException {
        try {
            TreeHead head = verifier.verify(stored.note()).head();
            if (head.size() != stored.size() || !head.root().equals(TreeHash.of(stored.root()))) {
                findings.add(
                        Code.CHECKPOINT_FORGED,
                        stored.size(),
                        "stored as size " + stored.size() + ", signed as size " + head.size() + ", root "
                                + head.root());
                return;
            }
            published.put(head.size(), head);
        } catch (NoteException | IllegalArgumentException e) {
            findings.add(
                    Code.CHECKPOINT_FORGED, stored.size(), "the log did not sign this checkpoint: " + e.getMessage());
            return;
        }
        String note = new String(stored.note(), StandardCharsets.UTF_8);
        for (String line : checkpoints.cosignatures(stored.size())) {
            try {
                SignedNote.parse((note + line).getBytes(StandardCharsets.UTF_8)).verify(witnesses);
            } catch (NoteException e) {
                findings.add(Code.COSIGNATURE_FORGED, stored.size(), "a cosignature: " + e.getMessage());
            }
        }
    }

    private void readRemembered(SealMemory reading) throws SQLException {
        long after = 0;
        while (true) {
            List<SealMemory.Remembered> page = reading.after(origin, after, PAGE);
            if (page.isEmpty()) {
                return;
            }
            page.forEach(each -> remembered.put(each.head().size(), each));
            after = page.getLast().head().size();
        }
    }

    private void compareMemory() {
        for (SealMemory.Remembered each : remembered.values()) {
            TreeHead head = each.head();
            TreeHead there = published.get(head.size());
            if (there == null) {
                findings.add(
                        Code.CHECKPOINT_MISSING,
                        head.size(),
                        "a tree of " + head.size() + " leaves was signed, its checkpoint is gone");
            } else if (!there.equals(head)) {
                findings.add(
                        Code.FORKED,
                        head.size(),
                        "the checkpoint says root " + there.root() + ", remembered is " + head.root());
            }
        }
        for (long size : published.keySet()) {
            if (!remembered.containsKey(size)) {
                findings.add(Code.MEMORY_MISSING, size, "this checkpoint is not remembered at the other provider");
            }
        }
    }

    /** The largest tree with a signed checkpoint. */
    TreeHead newest() {
        return published.isEmpty() ? TreeHead.EMPTY : published.lastEntry().getValue();
    }

    /** The largest tree that was ever signed, as far as anybody remembers. */
    TreeHead signed() {
        TreeHead newest = newest();
        if (remembered.isEmpty()) {
            return newest;
        }
        TreeHead last = remembered.lastEntry().getValue().head();
        return last.size() > newest.size() ? last : newest;
    }

    long count() {
        return count;
    }

    /**
     * Whether a position was signed for before a moment, by the clock of the other provider: what the log's own database
     * says about the time of a row that is gone, nobody signed. Without its memory the log's word is all there is.
     */
    boolean isOlder(long position, Instant moment) {
        Map.Entry<Long, SealMemory.Remembered> first = remembered.ceilingEntry(position);
        return memory.isEmpty() || first != null && first.getValue().at().isBefore(moment);
    }

    /** Every checkpoint is about a tree with which the newest one begins. */
    void compareRoots(TileTree tree) {
        for (Map.Entry<Long, TreeHead> entry : published.entrySet()) {
            try {
                TreeHead found = tree.headAt(entry.getKey());
                if (!found.equals(entry.getValue())) {
                    findings.add(
                            Code.FORKED,
                            entry.getKey(),
                            "signed was root " + entry.getValue().root() + ", the tiles give " + found.root());
                }
            } catch (TreeException e) {
                // each tile is named where leaves are compared
                findings.add(
                        Code.TILE_CHANGED, 0, "for the checkpoint of size " + entry.getKey() + ": " + e.getMessage());
                return;
            }
        }
    }

    /**
     * When more was signed than has a checkpoint now, the log's own leaves have to give what was signed: an older copy
     * that grew again does not.
     */
    void compareUnpublished(Connection connection, LeafSource source) throws SQLException {
        TreeHead signed = signed();
        if (signed.size() == newest().size() || source.head(connection) < signed.size()) {
            return;
        }
        TileWriter writer = TileWriter.resume(new NoTiles(), TreeHead.EMPTY);
        while (writer.head().size() < signed.size()) {
            long size = writer.head().size();
            List<TreeHash> leaves = new ArrayList<>();
            for (LogLeaf leaf : source.after(connection, size, (int) Math.min(PAGE, signed.size() - size))) {
                leaves.add(leaf.leaf());
            }
            if (leaves.isEmpty()) {
                return;
            }
            writer.append(leaves);
        }
        if (!writer.head().equals(signed)) {
            findings.add(
                    Code.FORKED,
                    newest().size() + 1,
                    "behind position " + newest().size() + " the log is not the one that was signed: its first "
                            + signed.size() + " leaves give root "
                            + writer.head().root() + ", signed was "
                            + signed.root());
        }
    }
}
