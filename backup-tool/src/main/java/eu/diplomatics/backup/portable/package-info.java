@NullMarked
package eu.diplomatics.backup.portable;

import org.jspecify.annotations.NullMarked;
