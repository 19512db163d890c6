@NullMarked
package eu.diplomatics.backup.segment;

import org.jspecify.annotations.NullMarked;
