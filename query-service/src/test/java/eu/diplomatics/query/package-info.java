/** Tests of the service as a whole, on real PostgreSQL, Kafka and custodian. */
@NullMarked
package eu.diplomatics.query;

import org.jspecify.annotations.NullMarked;
