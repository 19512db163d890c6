@NullMarked
package eu.diplomatics.generation;

import org.jspecify.annotations.NullMarked;
