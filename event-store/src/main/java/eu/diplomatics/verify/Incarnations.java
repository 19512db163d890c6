package eu.diplomatics.verify;

import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The incarnations of one log that somebody can follow: from the key that is trusted, by declarations that each
 * incarnation signed when it ended and the witnesses cosigned.
 */
public final class Incarnations {
    private final List<VerifierKey> given;
    /** By incarnation: the one that is trusted, or was declared, and what was given under its name. */
    private final List<List<VerifierKey>> keys = new ArrayList<>();

    private final List<Resumption> resumptions = new ArrayList<>();
    private final List<VerifierKey> witnesses;
    private final int quorum;

    /**
     * The incarnations of a log.
     *
     * @param log its keys: those under the name of the first one are trusted; those of a later incarnation count once that was
     *     declared
     * @throws IllegalArgumentException when these are no keys of a log and of so many different witnesses
     */
    public Incarnations(List<VerifierKey> log, List<VerifierKey> witnesses, int quorum) {
        this.given = List.copyOf(log);
        this.witnesses = List.copyOf(witnesses);
        this.quorum = quorum;
        if (log.isEmpty()) {
            throw new IllegalArgumentException("no key of a log");
        }
        keys.add(under(log.getFirst()));
        checkpoints(keys.getFirst());
    }

    private List<VerifierKey> under(VerifierKey first) {
        List<VerifierKey> same = new ArrayList<>(List.of(first));
        given.stream()
                .filter(key -> key.name().equals(first.name()) && !same.contains(key))
                .forEach(same::add);
        return same;
    }

    private CheckpointVerifier checkpoints(List<VerifierKey> log) {
        return new CheckpointVerifier(log, witnesses, quorum);
    }

    /**
     * Follows one declaration further.
     *
     * @throws NoteException when it is not to be believed, or another incarnation's than the last one known here
     */
    public Resumption follow(byte[] note) {
        Resumption next = Resumption.verify(note, keys.getLast(), witnesses, quorum);
        resumptions.add(next);
        keys.add(under(next.to()));
        return next;
    }

    /** Verifies a checkpoint under the key of the incarnation that it names. */
    public CheckpointVerifier.Verified verify(byte[] checkpoint) {
        String origin = SignedNote.parse(checkpoint).text().lines().findFirst().orElse("");
        List<VerifierKey> own = keys.stream()
                .filter(known -> known.getFirst().name().equals(origin))
                .findFirst()
                .orElse(keys.getLast());
        return checkpoints(own).verify(checkpoint);
    }

    /** The loss, if any, that lies between a position as it was promised once and a tree of some incarnation. */
    Optional<Resumption> lossBefore(String origin, long position) {
        return resumptions.stream()
                .limit(indexOf(origin))
                .filter(loss -> position > loss.kept().size())
                .findFirst();
    }

    /** The loss, if any, that a tree of some incarnation did not outlive as far as this position. */
    Optional<Resumption> lossAfter(String origin, long position) {
        return resumptions.stream()
                .skip(indexOf(origin))
                .filter(loss -> position > loss.kept().size())
                .findFirst();
    }

    private int indexOf(String origin) {
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).getFirst().name().equals(origin)) {
                return i;
            }
        }
        throw new IllegalArgumentException("verified by none of these keys");
    }
}
