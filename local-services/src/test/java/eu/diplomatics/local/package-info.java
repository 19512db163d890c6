@NullMarked
package eu.diplomatics.local;

import org.jspecify.annotations.NullMarked;
