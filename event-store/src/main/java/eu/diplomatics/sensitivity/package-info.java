/** How sensitive each field is that an answer, an export or a count can hold (R30). */
@NullMarked
package eu.diplomatics.sensitivity;

import org.jspecify.annotations.NullMarked;
