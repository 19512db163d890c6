@NullMarked
package eu.diplomatics.vault;

import org.jspecify.annotations.NullMarked;
