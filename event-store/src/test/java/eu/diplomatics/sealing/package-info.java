@NullMarked
package eu.diplomatics.sealing;

import org.jspecify.annotations.NullMarked;
