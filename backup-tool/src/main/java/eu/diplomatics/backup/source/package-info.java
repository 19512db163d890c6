@NullMarked
package eu.diplomatics.backup.source;

import org.jspecify.annotations.NullMarked;
