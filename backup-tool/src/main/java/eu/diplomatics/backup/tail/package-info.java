@NullMarked
package eu.diplomatics.backup.tail;

import org.jspecify.annotations.NullMarked;
