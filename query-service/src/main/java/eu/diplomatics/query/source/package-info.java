/** The event store and the keys, as this service reaches them. */
@NullMarked
package eu.diplomatics.query.source;

import org.jspecify.annotations.NullMarked;
