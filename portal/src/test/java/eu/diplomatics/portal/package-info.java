@NullMarked
package eu.diplomatics.portal;

import org.jspecify.annotations.NullMarked;
