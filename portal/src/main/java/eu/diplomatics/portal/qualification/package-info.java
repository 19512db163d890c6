/** Qualifications in words, for whoever may read them. */
@NullMarked
package eu.diplomatics.portal.qualification;

import org.jspecify.annotations.NullMarked;
