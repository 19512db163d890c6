@NullMarked
package eu.diplomatics.timestamp;

import org.jspecify.annotations.NullMarked;
