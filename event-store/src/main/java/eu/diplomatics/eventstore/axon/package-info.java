/** Axon's event storage on the sealed log: the only package that knows both. */
@NullMarked
package eu.diplomatics.eventstore.axon;

import org.jspecify.annotations.NullMarked;
