@NullMarked
package eu.diplomatics.transparency;

import org.jspecify.annotations.NullMarked;
