package eu.diplomatics.sealing;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.Checkpoint;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.VerifierKey;
import java.util.List;

/** The keys of a log's checkpoints, all of them named as the origin of an incarnation. */
@FunctionalInterface
public interface CheckpointKeys {
    /**
     * Those that sign now, opened for one step of sealing.
     *
     * @param origin of the incarnation whose checkpoints they sign
     */
    Signing open(String origin);

    /**
     * Signs and verifies.
     *
     * @param seeds of those that sign, the one in force first
     * @param known all that ever signed
     */
    record Signing(String origin, List<SecretBytes> seeds, List<VerifierKey> known) implements AutoCloseable {
        SignedNote sign(Checkpoint checkpoint) {
            SignedNote note = checkpoint.sign(NoteSigner.log(origin, seeds.getFirst()));
            for (SecretBytes seed : seeds.subList(1, seeds.size())) {
                note = note.cosign(NoteSigner.log(origin, seed));
            }
            return note;
        }

        @Override
        public void close() {
            seeds.forEach(SecretBytes::close);
        }
    }
}
