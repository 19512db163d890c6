/** Carries the log, in order and still sealed, to Kafka. */
@NullMarked
package eu.diplomatics.registry.relay;

import org.jspecify.annotations.NullMarked;
