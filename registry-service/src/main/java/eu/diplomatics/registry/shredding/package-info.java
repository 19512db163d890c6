/** Shredding: keys dropped for ever, by the controller and on a legal basis, with a tombstone that says why. */
@NullMarked
package eu.diplomatics.registry.shredding;

import org.jspecify.annotations.NullMarked;
