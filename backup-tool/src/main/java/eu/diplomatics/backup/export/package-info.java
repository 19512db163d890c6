@NullMarked
package eu.diplomatics.backup.export;

import org.jspecify.annotations.NullMarked;
