/** What controller and data-protection officer see: who looked, whether the log is sealed, and all about one person. */
@NullMarked
package eu.diplomatics.portal.supervision;

import org.jspecify.annotations.NullMarked;
