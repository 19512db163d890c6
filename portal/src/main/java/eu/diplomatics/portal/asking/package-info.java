/** What the forms of staff have in common. */
@NullMarked
package eu.diplomatics.portal.asking;

import org.jspecify.annotations.NullMarked;
