/** Verifies a receipt offline: from receipt, proof, checkpoint and public keys, without the registry. */
@NullMarked
package eu.diplomatics.verify;

import org.jspecify.annotations.NullMarked;
