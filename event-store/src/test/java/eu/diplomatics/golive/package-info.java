@NullMarked
package eu.diplomatics.golive;

import org.jspecify.annotations.NullMarked;
