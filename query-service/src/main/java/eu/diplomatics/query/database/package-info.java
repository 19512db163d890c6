/** Bounded connections to the databases this service uses, one role each. */
@NullMarked
package eu.diplomatics.query.database;

import org.jspecify.annotations.NullMarked;
