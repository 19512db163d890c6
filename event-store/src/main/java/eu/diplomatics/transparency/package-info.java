/** The transparency tree: RFC 6962 hashes and proofs, C2SP tiles, checkpoints and cosignatures. */
@NullMarked
package eu.diplomatics.transparency;

import org.jspecify.annotations.NullMarked;
