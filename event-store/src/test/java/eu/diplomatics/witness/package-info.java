@NullMarked
package eu.diplomatics.witness;

import org.jspecify.annotations.NullMarked;
