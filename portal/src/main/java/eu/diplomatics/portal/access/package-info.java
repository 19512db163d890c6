/** Looks at somebody's data, in words to the person concerned. */
@NullMarked
package eu.diplomatics.portal.access;

import org.jspecify.annotations.NullMarked;
