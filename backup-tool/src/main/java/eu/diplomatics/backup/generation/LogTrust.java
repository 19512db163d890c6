package eu.diplomatics.backup.generation;

import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.verify.Incarnations;
import java.util.List;

/**
 * By whom the log's checkpoints have to be signed, as somebody knows who did not ask the log.
 *
 * @param logKeys every key that ever signed, under the name of one incarnation; those of later ones follow from what was
 *     declared
 * @param witnesses one of which has to have cosigned; none where there is no witness
 */
public record LogTrust(List<VerifierKey> logKeys, List<VerifierKey> witnesses) {
    /** @throws IllegalArgumentException when these are no keys of a log and of different witnesses */
    public LogTrust {
        logKeys = List.copyOf(logKeys);
        witnesses = List.copyOf(witnesses);
        // says what is no set of keys of a log and its witnesses
        var unused = new Incarnations(logKeys, witnesses, witnesses.isEmpty() ? 0 : 1);
    }
}
