/** Work on keys: rotations that run inside this service, one at a time, watched and resumed. */
@NullMarked
package eu.diplomatics.registry.keys;

import org.jspecify.annotations.NullMarked;
