/** The controller's witness: sees every checkpoint, and cosigns it only when the log did nothing but grow (c2sp.org/tlog-witness). */
@NullMarked
package eu.diplomatics.witness;

import org.jspecify.annotations.NullMarked;
