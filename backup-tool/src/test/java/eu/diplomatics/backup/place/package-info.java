@NullMarked
package eu.diplomatics.backup.place;

import org.jspecify.annotations.NullMarked;
