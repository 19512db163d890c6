package eu.diplomatics.transparency;

import eu.diplomatics.transparency.NoteException.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Says whether a checkpoint is to be believed: signed by the log, and by enough witnesses whose keys came from elsewhere
 * than from the log. Needs nothing but the checkpoint and these keys. Thread-safe.
 */
public final class CheckpointVerifier {
    private final List<VerifierKey> logs;
    private final List<VerifierKey> witnesses;
    private final int quorum;

    /** A checkpoint that was verified, with the cosignatures of witnesses that are known here. */
    public record Verified(Checkpoint checkpoint, List<VerifiedSignature> cosignatures) {
        public TreeHead head() {
            return checkpoint.head();
        }
    }

    /**
     * A verifier for one log.
     *
     * @param log its key, named as its origin
     * @param witnesses their keys; a public key may stand there once only, because a cosignature does not cover the name
     * @param quorum how many of them have to have signed
     * @throws IllegalArgumentException when these are no keys of a log and of so many different witnesses
     */
    public CheckpointVerifier(VerifierKey log, List<VerifierKey> witnesses, int quorum) {
        this(List.of(log), witnesses, quorum);
    }

    /**
     * A verifier for one log whose key was replaced.
     *
     * @param logs its keys, all named as its origin; one of them has to have signed, and none falsely
     * @param witnesses as in the other
     */
    public CheckpointVerifier(List<VerifierKey> logs, List<VerifierKey> witnesses, int quorum) {
        if (logs.isEmpty()
                || logs.stream().map(VerifierKey::name).distinct().count() > 1
                || logs.stream().anyMatch(key -> key.type() != SignatureType.ED25519)
                || witnesses.stream().anyMatch(key -> key.type() != SignatureType.COSIGNATURE_V1)) {
            throw new IllegalArgumentException("a log signs by ED25519 under one name, a witness by COSIGNATURE_V1");
        }
        List<VerifierKey> all = new ArrayList<>(witnesses);
        all.addAll(logs);
        for (VerifierKey key : all) {
            if (all.stream().filter(key::isSamePoint).count() > 1) {
                throw new IllegalArgumentException("one key for two: " + key.name());
            }
        }
        if (quorum < 0 || quorum > witnesses.size()) {
            throw new IllegalArgumentException("quorum " + quorum + " of " + witnesses.size());
        }
        this.logs = List.copyOf(logs);
        this.witnesses = List.copyOf(witnesses);
        this.quorum = quorum;
    }

    /**
     * Verifies a checkpoint as it was published.
     *
     * @throws NoteException with the reason why it is not to be believed
     */
    public Verified verify(byte[] note) {
        SignedNote signed = SignedNote.parse(note);
        if (signed.verify(logs).isEmpty()) {
            throw new NoteException(Reason.LOG_SIGNATURE_MISSING);
        }
        Checkpoint checkpoint = Checkpoint.parse(signed.text());
        if (!checkpoint.origin().equals(logs.getFirst().name())) {
            throw new NoteException(Reason.ORIGIN);
        }
        List<VerifiedSignature> cosignatures = signed.verify(witnesses);
        if (cosignatures.size() < quorum) {
            throw new NoteException(Reason.WITNESSES_MISSING, cosignatures.size() + " of " + quorum);
        }
        return new Verified(checkpoint, cosignatures);
    }
}
