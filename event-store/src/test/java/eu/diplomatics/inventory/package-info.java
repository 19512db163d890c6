@NullMarked
package eu.diplomatics.inventory;

import org.jspecify.annotations.NullMarked;
