/** Who asks, and for which purpose. */
@NullMarked
package eu.diplomatics.query.caller;

import org.jspecify.annotations.NullMarked;
