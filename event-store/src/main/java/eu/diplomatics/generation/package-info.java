/** A new generation of data keys: the whole log sealed anew, while it is written and read. */
@NullMarked
package eu.diplomatics.generation;

import org.jspecify.annotations.NullMarked;
