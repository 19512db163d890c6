package eu.diplomatics.witness;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHead;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;

/**
 * The controller's word that a log which lost events may go on: whoever runs the witness looks at the declaration, and
 * the witness holds it against what it saw. From then on it watches the new incarnation too.
 */
public final class WitnessedResumption {
    private WitnessedResumption() {}

    /**
     * Cosigns a declaration; may be repeated.
     *
     * @param note as the registry signed it
     * @return the same with this witness's cosignature
     * @throws WitnessException when the old log is not watched here, did not sign it, or admits less than this witness saw
     */
    public static byte[] cosign(WitnessDirectory directory, byte[] note, InstantSource clock) throws IOException {
        String name = directory.name();
        try (SecretBytes seed = directory.seed()) {
            Resumption declared = Resumption.verify(note, List.of(), 0);
            check(directory, declared);
            directory.keepResumption(note);
            directory.watch(declared.to());
            return SignedNote.parse(note)
                    .cosign(NoteSigner.witness(name, seed, clock))
                    .toBytes();
        } catch (NoteException e) {
            throw new WitnessException(
                    "no declaration of a log that is watched: " + e.reason(),
                    "it is the member statement of what the registry answered");
        }
    }

    private static void check(WitnessDirectory directory, Resumption declared) throws IOException {
        WitnessDirectory.Watched watched = directory
                .log(declared.from().name())
                .filter(log -> log.keys().contains(declared.from()))
                .orElseThrow(() -> new WitnessException(
                        "the log that ends is not watched here", "was it declared under another key?"));
        if (watched.last().length == 0) {
            return;
        }
        TreeHead seen = new CheckpointVerifier(watched.keys(), List.of(), 0)
                .verify(watched.last())
                .head();
        if (contradicts(seen, declared.signed())
                || contradicts(seen, declared.kept())
                || seen.size() > declared.signed().size()) {
            throw new WitnessException(
                    "this witness cosigned a tree of " + seen.size() + " leaves, and the declaration says that "
                            + declared.signed().size() + " were signed",
                    "give the registry this witness's last checkpoint, and let it propose again");
        }
    }

    private static boolean contradicts(TreeHead seen, TreeHead declared) {
        return seen.size() == declared.size() && !seen.equals(declared);
    }
}
