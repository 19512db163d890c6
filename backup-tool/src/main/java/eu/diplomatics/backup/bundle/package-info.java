@NullMarked
package eu.diplomatics.backup.bundle;

import org.jspecify.annotations.NullMarked;
