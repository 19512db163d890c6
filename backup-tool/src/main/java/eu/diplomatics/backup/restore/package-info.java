@NullMarked
package eu.diplomatics.backup.restore;

import org.jspecify.annotations.NullMarked;
