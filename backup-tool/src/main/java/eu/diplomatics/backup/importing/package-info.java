@NullMarked
package eu.diplomatics.backup.importing;

import org.jspecify.annotations.NullMarked;
