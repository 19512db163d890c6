/** Seals a running log in the transparency tree: leaves to tiles to signed checkpoints, and what audits them. */
@NullMarked
package eu.diplomatics.sealing;

import org.jspecify.annotations.NullMarked;
