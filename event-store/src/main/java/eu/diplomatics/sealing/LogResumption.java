package eu.diplomatics.sealing;

import eu.diplomatics.sealing.ResumptionException.Reason;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TileWriter;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * The way back after a loss, when nothing is signed any more: works out up to where the log is still the one that was
 * signed, declares that it goes on from there, and has a second person confirm it. What was declared stands in the
 * keyring's database for good; what happens to the log itself comes after that.
 */
public final class LogResumption {
    private static final int PAGE = 1000;
    /** Each lost position takes a row: a number with a digit too many must not fill the disk. */
    private static final long MOST = 5_000_000;

    private final DataSource log;
    private final LeafSource source;
    private final SealMemory memory;
    private final Resumptions resumptions;
    private final String first;
    private final CheckpointKeys keys;
    private final InstantSource clock;

    /**
     * The way back of one log.
     *
     * @param log the log's database, by a role that reads it
     * @param keyring the other provider's
     * @param first origin of the log's first incarnation
     * @param keys of its checkpoints, whatever the incarnation
     */
    public LogResumption(
            DataSource log,
            LeafSource source,
            DataSource keyring,
            String first,
            CheckpointKeys keys,
            InstantSource clock) {
        this.log = log;
        this.source = source;
        this.memory = new SealMemory(keyring);
        this.resumptions = new Resumptions(keyring, first);
        this.first = first;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * An incarnation that is proposed or declared.
     *
     * @param note the declaration, signed by the log, and cosigned once it is confirmed
     * @param confirmedBy empty while it is only proposed
     */
    public record Proposal(
            int incarnation,
            Resumption declared,
            String note,
            String proposedBy,
            Instant proposedAt,
            Optional<String> confirmedBy) {}

    /**
     * Proposes the next incarnation, in place of a proposal that nobody confirmed. Reads the whole log.
     *
     * @param highestKnown the highest position anybody knows of, for example of a receipt; 0 when nobody does
     * @param seen a later checkpoint than this registry remembers, such as the witness's copy
     * @throws ResumptionException when the log is not one that lost its end
     * @throws SQLException when a database does not answer
     */
    public Proposal propose(long highestKnown, Optional<byte[]> seen, String reasonCode, String by)
            throws SQLException {
        int last = memory.declared(first).incarnation();
        try (CheckpointKeys.Signing signing = keys.open(LogOrigin.name(first, last));
                Connection connection = log.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            NoteSigner from = NoteSigner.log(signing.origin(), signing.seeds().getFirst());
            NoteSigner to = NoteSigner.log(
                    LogOrigin.name(first, last + 1), signing.seeds().getFirst());
            NavigableMap<Long, TreeHead> heads = heads(connection, signing.known(), last, seen);
            long end = source.head(connection);
            TreeHead kept = kept(connection, heads, end);
            TreeHead signed =
                    heads.isEmpty() ? TreeHead.EMPTY : heads.lastEntry().getValue();
            if (kept.equals(signed) && source.incarnation(connection) == last) {
                throw new ResumptionException(
                        Reason.NOTHING_LOST, "all " + signed.size() + " that were signed are there");
            }
            long known = Math.max(highestKnown, signed.size());
            if (known - end > MOST) {
                throw new ResumptionException(
                        Reason.TOO_MUCH, "the log ends at " + end + ", and " + known + " is said to be known");
            }
            connection.rollback();
            Resumption declared = new Resumption(
                    from.verifierKey(),
                    kept,
                    signed,
                    to.verifierKey(),
                    known,
                    reasonCode,
                    clock.instant().truncatedTo(ChronoUnit.SECONDS));
            String note = new String(SignedNote.sign(declared.text(), from).toBytes(), StandardCharsets.UTF_8);
            if (!resumptions.propose(last + 1, note, by)) {
                throw new ResumptionException(Reason.UNKNOWN, "another one was declared meanwhile");
            }
        }
        return of(last + 1).orElseThrow();
    }

    /** All heads that were signed of this incarnation, as far as anybody remembers, and where it began. */
    private NavigableMap<Long, TreeHead> heads(
            Connection connection, List<VerifierKey> logKeys, int incarnation, Optional<byte[]> seen)
            throws SQLException {
        String origin = logKeys.getFirst().name();
        NavigableMap<Long, TreeHead> heads = new TreeMap<>();
        of(incarnation)
                .ifPresent(begun -> heads.put(
                        begun.declared().kept().size(), begun.declared().kept()));
        for (List<SealMemory.Remembered> page = memory.after(origin, 0, PAGE);
                !page.isEmpty();
                page = memory.after(origin, page.getLast().head().size(), PAGE)) {
            page.forEach(each -> heads.put(each.head().size(), each.head()));
        }
        CheckpointVerifier verifier = new CheckpointVerifier(logKeys, List.of(), 0);
        Optional<Checkpoints.Stored> stored = new Checkpoints(connection, source.schema()).last();
        if (stored.isPresent()) {
            try {
                TreeHead head = verifier.verify(stored.get().note()).head();
                heads.putIfAbsent(head.size(), head);
            } catch (NoteException e) {
                // not signed by this log, or of an older incarnation: it says nothing about this one
            }
        }
        if (seen.isPresent()) {
            TreeHead head;
            try {
                head = verifier.verify(seen.get()).head();
            } catch (NoteException e) {
                throw new ResumptionException(Reason.CHECKPOINT_REFUSED, "not signed by this log: " + e.reason());
            }
            TreeHead there = heads.putIfAbsent(head.size(), head);
            if (there != null && !there.equals(head)) {
                throw new ResumptionException(
                        Reason.CHECKPOINT_REFUSED, "of size " + head.size() + " two roots were signed: keep both");
            }
        }
        return heads;
    }

    /** The last of these heads that the log still gives; the rest of it has to be whole as well, or it would halt again. */
    private TreeHead kept(Connection connection, NavigableMap<Long, TreeHead> heads, long end) throws SQLException {
        TileWriter writer = TileWriter.resume(new NoTiles(), TreeHead.EMPTY);
        TreeHead kept = TreeHead.EMPTY;
        boolean agrees = true;
        for (Map.Entry<Long, TreeHead> head : heads.headMap(end, true).entrySet()) {
            read(connection, writer, head.getKey());
            agrees = agrees && writer.head().equals(head.getValue());
            kept = agrees ? head.getValue() : kept;
        }
        read(connection, writer, end);
        return kept;
    }

    private void read(Connection connection, TileWriter writer, long upTo) throws SQLException {
        while (writer.head().size() < upTo) {
            long size = writer.head().size();
            List<TreeHash> hashes = new ArrayList<>();
            for (LogLeaf leaf : source.after(connection, size, (int) Math.min(PAGE, upTo - size))) {
                long expected = size + hashes.size() + 1;
                if (leaf.position() != expected || !leaf.fits()) {
                    throw new ResumptionException(
                            Reason.LOG_CHANGED,
                            "position " + expected
                                    + " is missing or does not fit its leaf: put the event back from a copy");
                }
                hashes.add(leaf.leaf());
            }
            if (hashes.isEmpty()) {
                throw new ResumptionException(Reason.LOG_CHANGED, "position " + (size + 1) + " is missing");
            }
            writer.append(hashes);
        }
    }

    /** A proposal, or what became of it. */
    public Optional<Proposal> of(int incarnation) throws SQLException {
        return resumptions
                .of(incarnation)
                .map(row -> new Proposal(
                        incarnation,
                        Resumption.parse(SignedNote.parse(row.statement().getBytes(StandardCharsets.UTF_8))
                                .text()),
                        row.statement(),
                        row.proposedBy(),
                        row.proposedAt(),
                        Optional.ofNullable(row.confirmedBy())));
    }

    /**
     * Confirms a proposal, for good. One that is confirmed already is answered as it is, so that what comes after can be
     * taken up again.
     *
     * @param note the declaration with the cosignatures of all witnesses
     * @throws ResumptionException when it is not the one proposed, or not for this person to confirm
     */
    public Proposal confirm(int incarnation, byte[] note, List<VerifierKey> witnesses, String by) throws SQLException {
        Proposal proposal =
                of(incarnation).orElseThrow(() -> new ResumptionException(Reason.UNKNOWN, "there is no such proposal"));
        if (proposal.confirmedBy().isPresent()) {
            return proposal;
        }
        try {
            Resumption sent = Resumption.verify(note, witnesses, witnesses.size());
            if (!sent.equals(proposal.declared())) {
                throw new ResumptionException(Reason.STATEMENT_REFUSED, "it is not what was proposed");
            }
        } catch (NoteException e) {
            throw new ResumptionException(Reason.STATEMENT_REFUSED, "not to be believed: " + e.reason());
        }
        if (proposal.proposedBy().equals(by)) {
            throw new ResumptionException(Reason.SAME_PERSON, "somebody else than who proposed it confirms it");
        }
        if (!resumptions.confirm(incarnation, proposal.note(), new String(note, StandardCharsets.UTF_8), by)) {
            throw new ResumptionException(Reason.UNKNOWN, "the proposal was replaced meanwhile");
        }
        return of(incarnation).orElseThrow();
    }
}
