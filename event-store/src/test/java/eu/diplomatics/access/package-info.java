@NullMarked
package eu.diplomatics.access;

import org.jspecify.annotations.NullMarked;
