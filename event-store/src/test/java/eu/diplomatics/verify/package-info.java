@NullMarked
package eu.diplomatics.verify;

import org.jspecify.annotations.NullMarked;
