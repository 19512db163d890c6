@NullMarked
package eu.diplomatics.sensitivity;

import org.jspecify.annotations.NullMarked;
