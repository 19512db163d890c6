/** What a parent, a guardian or a proxy sees of the person for whom they stand. */
@NullMarked
package eu.diplomatics.portal.delegate;

import org.jspecify.annotations.NullMarked;
