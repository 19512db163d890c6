package eu.diplomatics.sealing;

import eu.diplomatics.transparency.TreeHash;
import java.time.Instant;

/**
 * A leaf where it stands in its log.
 *
 * @param position from 1; the tree's index is one less
 * @param recordedAt when the log took it
 */
public record LogLeaf(long position, Instant recordedAt, TreeHash leaf) {}
