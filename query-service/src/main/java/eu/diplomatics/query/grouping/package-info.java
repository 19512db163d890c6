/** Work of several requests done in one go, where a round trip costs more than the work. */
@NullMarked
package eu.diplomatics.query.grouping;

import org.jspecify.annotations.NullMarked;
