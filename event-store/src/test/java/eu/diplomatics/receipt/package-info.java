@NullMarked
package eu.diplomatics.receipt;

import org.jspecify.annotations.NullMarked;
