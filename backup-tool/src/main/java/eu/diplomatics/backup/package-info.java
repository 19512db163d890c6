@NullMarked
package eu.diplomatics.backup;

import org.jspecify.annotations.NullMarked;
