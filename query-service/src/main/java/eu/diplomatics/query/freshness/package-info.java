/** Up to which position of the log an answer speaks. */
@NullMarked
package eu.diplomatics.query.freshness;

import org.jspecify.annotations.NullMarked;
