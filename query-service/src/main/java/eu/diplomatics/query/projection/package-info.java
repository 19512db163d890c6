/** This service's own copy of the sealed events, kept from Kafka and repaired from the store. */
@NullMarked
package eu.diplomatics.query.projection;

import org.jspecify.annotations.NullMarked;
