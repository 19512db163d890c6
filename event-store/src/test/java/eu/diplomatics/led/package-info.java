@NullMarked
package eu.diplomatics.led;

import org.jspecify.annotations.NullMarked;
