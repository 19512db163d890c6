package eu.diplomatics.sealing;

import eu.diplomatics.transparency.TreeHash;
import java.time.Instant;
import java.util.Optional;

/**
 * A leaf where it stands in its log.
 *
 * @param position from 1; the tree's index is one less
 * @param recordedAt when the log took it
 * @param fits whether it belongs to the header it stands with; otherwise one of the two was changed
 * @param goneIfBefore where the log says that the row is gone since it was kept long enough: it had to be sealed before
 *     this moment; empty where it is there
 */
public record LogLeaf(long position, Instant recordedAt, TreeHash leaf, boolean fits, Optional<Instant> goneIfBefore) {
    public LogLeaf(long position, Instant recordedAt, TreeHash leaf, boolean fits) {
        this(position, recordedAt, leaf, fits, Optional.empty());
    }
}
