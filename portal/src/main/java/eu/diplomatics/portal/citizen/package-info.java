/** What citizens see: their qualifications, and who looked at them. */
@NullMarked
package eu.diplomatics.portal.citizen;

import org.jspecify.annotations.NullMarked;
