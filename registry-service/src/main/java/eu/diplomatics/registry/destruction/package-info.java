/** The end of epoch keys: asked for when the schedule lets them go, proven by receipts, said in the log. */
@NullMarked
package eu.diplomatics.registry.destruction;

import org.jspecify.annotations.NullMarked;
