/** Registering, correcting, annulling and reinstating one qualification, from HTTP to the log. */
@NullMarked
package eu.diplomatics.registry.registration;

import org.jspecify.annotations.NullMarked;
