/** Seals the running log and shows the tree to whoever asks: checkpoints, tiles and proofs. */
@NullMarked
package eu.diplomatics.registry.transparency;

import org.jspecify.annotations.NullMarked;
