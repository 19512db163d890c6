@NullMarked
package eu.diplomatics.backup.generation;

import org.jspecify.annotations.NullMarked;
