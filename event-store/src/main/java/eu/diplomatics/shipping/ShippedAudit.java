package eu.diplomatics.shipping;

import eu.diplomatics.shipping.ShippedCopy.Part;
import eu.diplomatics.shipping.ShippedFinding.Code;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the controller's copy of the access log against what was signed: rows against leaves, leaves against the tree of each
 * checkpoint. Needs public keys, and nothing of the registry; reads only. A cut end shows against a checkpoint from elsewhere.
 */
public final class ShippedAudit {
    private final List<VerifierKey> logKeys;
    private final List<VerifierKey> witnesses;
    private final List<byte[]> seen;
    private final InstantSource clock;
    private final Duration maxDelay;

    /**
     * An audit.
     *
     * @param logKeys from elsewhere than from the registry's host: all that ever signed the access log
     * @param seen checkpoints from elsewhere than from the copy: what the witness saw last
     * @param maxDelay how long a row may be here without a checkpoint
     */
    public ShippedAudit(
            List<VerifierKey> logKeys,
            List<VerifierKey> witnesses,
            List<byte[]> seen,
            InstantSource clock,
            Duration maxDelay) {
        this.logKeys = List.copyOf(logKeys);
        this.witnesses = List.copyOf(witnesses);
        this.seen = List.copyOf(seen);
        this.clock = clock;
        this.maxDelay = maxDelay;
    }

    /**
     * What an audit saw.
     *
     * @param rows how many
     * @param withoutContents up to which position rows have none, because a period ended
     * @param checkpoints how many were verified
     * @param findings in the order they were met; empty when all is well
     * @param complete whether these are all
     */
    public record Report(
            long rows, long withoutContents, int checkpoints, List<ShippedFinding> findings, boolean complete) {}

    /** A tree that was signed; the frontier is empty where none that gives it is known. */
    record Signed(TreeHead head, Optional<List<TreeHash>> frontier) {
        Optional<Frontier> resumed() {
            return frontier.map(hashes -> Frontier.of(head.size(), hashes));
        }
    }

    /** @throws SQLException when the database does not answer */
    public Report run(ShippedCopy copy) throws SQLException, IOException {
        Findings findings = new Findings();
        TreeMap<Long, Signed> signed = new TreeMap<>();
        TreeMap<Long, String> notes = new TreeMap<>();
        CheckpointVerifier verifier = new CheckpointVerifier(logKeys, List.of(), 0);
        copy.each(Part.CHECKPOINT, fields -> checkpoint(verifier, fields, signed, notes, findings));
        copy.each(Part.COSIGNATURE, fields -> cosignature(fields, notes, findings));
        long shipped = signed.isEmpty() ? 0 : signed.lastKey();
        for (byte[] note : seen) {
            compareSeen(verifier, note, signed, findings);
        }
        ShippedRows rows = new ShippedRows(signed, findings);
        copy.each(Part.ACCESS, rows::read);
        rows.end(shipped, clock.instant().minus(maxDelay));
        return new Report(
                rows.count(), rows.withoutContents(), signed.size(), List.copyOf(findings.all), findings.complete);
    }

    private static void checkpoint(
            CheckpointVerifier verifier,
            @Nullable String[] fields,
            TreeMap<Long, Signed> signed,
            TreeMap<Long, String> notes,
            Findings findings) {
        long size = 0;
        try {
            size = Long.parseLong(field(fields, 0));
            byte[] note = bytes(field(fields, 1));
            TreeHead head = verifier.verify(note).head();
            if (head.size() != size) {
                findings.add(Code.CHECKPOINT_FORGED, size, "signed was one of size " + head.size());
                return;
            }
            notes.put(size, new String(note, StandardCharsets.UTF_8));
            Optional<List<TreeHash>> frontier = hashes(field(fields, 2))
                    .filter(hashes -> Long.bitCount(head.size()) == hashes.size()
                            && Frontier.of(head.size(), hashes).head().equals(head));
            if (frontier.isEmpty()) {
                findings.add(Code.FRONTIER_CHANGED, size, "the hashes beside the checkpoint do not give its root");
            }
            signed.put(size, new Signed(head, frontier));
        } catch (NoteException e) {
            findings.add(Code.CHECKPOINT_FORGED, size, "the log did not sign this checkpoint: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            findings.add(Code.UNREADABLE, size, "a line of the checkpoints");
        }
    }

    private void cosignature(@Nullable String[] fields, TreeMap<Long, String> notes, Findings findings) {
        long size = 0;
        try {
            size = Long.parseLong(field(fields, 0));
            String note = notes.get(size);
            if (note == null) {
                return; // that its checkpoint is none was found before
            }
            SignedNote.parse((note + field(fields, 1)).getBytes(StandardCharsets.UTF_8))
                    .verify(witnesses);
        } catch (NoteException e) {
            findings.add(Code.COSIGNATURE_FORGED, size, "a cosignature: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            findings.add(Code.UNREADABLE, size, "a line of the cosignatures");
        }
    }

    private static void compareSeen(
            CheckpointVerifier verifier, byte[] note, TreeMap<Long, Signed> signed, Findings findings) {
        TreeHead head;
        try {
            head = verifier.verify(note).head();
        } catch (NoteException e) {
            findings.add(Code.CHECKPOINT_FORGED, 0, "the checkpoint from elsewhere: " + e.getMessage());
            return;
        }
        Signed here = signed.putIfAbsent(head.size(), new Signed(head, Optional.empty()));
        if (here != null && !here.head().equals(head)) {
            findings.add(
                    Code.FORKED,
                    head.size(),
                    "the checkpoint here says root " + here.head().root() + ", the one from elsewhere " + head.root());
        }
    }

    private static Optional<List<TreeHash>> hashes(String field) {
        byte[] bytes = bytes(field);
        if (bytes.length % TreeHash.BYTES != 0) {
            return Optional.empty();
        }
        List<TreeHash> hashes = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            byte[] hash = new byte[TreeHash.BYTES];
            buffer.get(hash);
            hashes.add(TreeHash.of(hash));
        }
        return Optional.of(hashes);
    }

    /** @throws IllegalArgumentException when there is none */
    static String field(@Nullable String[] fields, int index) {
        if (index >= fields.length || fields[index] == null) {
            throw new IllegalArgumentException("field " + index + " is missing");
        }
        return Objects.requireNonNull(fields[index]);
    }

    /** As PostgreSQL writes them: {@code \x} and hexadecimal digits. */
    static byte[] bytes(String field) {
        if (!field.startsWith("\\x")) {
            throw new IllegalArgumentException("no bytes");
        }
        return HexFormat.of().parseHex(field, 2, field.length());
    }

    /** What was found so far; beyond a number the rest is only counted. */
    static final class Findings {
        private static final int LIMIT = 1000;

        private final List<ShippedFinding> all = new ArrayList<>();
        private boolean complete = true;

        void add(Code code, long position, String text) {
            if (all.size() < LIMIT) {
                all.add(new ShippedFinding(code, position, text));
            } else {
                complete = false;
            }
        }
    }
}
