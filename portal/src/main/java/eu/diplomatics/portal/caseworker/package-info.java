/** What the people of agencies ask, with a purpose and a case. */
@NullMarked
package eu.diplomatics.portal.caseworker;

import org.jspecify.annotations.NullMarked;
