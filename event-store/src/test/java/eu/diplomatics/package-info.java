@NullMarked
package eu.diplomatics;

import org.jspecify.annotations.NullMarked;
