/** The streams of the controller's reference data. */
@NullMarked
package eu.diplomatics.registry.reference;

import org.jspecify.annotations.NullMarked;
