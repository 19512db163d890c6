package eu.diplomatics.sealing;

import eu.diplomatics.transparency.TreeHash;
import java.time.Instant;

/**
 * A leaf where it stands in its log.
 *
 * @param position from 1; the tree's index is one less
 * @param recordedAt when the log took it
 * @param fits whether it belongs to the header it stands with; otherwise one of the two was changed
 */
public record LogLeaf(long position, Instant recordedAt, TreeHash leaf, boolean fits) {}
