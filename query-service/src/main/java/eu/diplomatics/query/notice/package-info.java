/** Tells agencies that a record which they received has changed (GDPR, article 19). */
@NullMarked
package eu.diplomatics.query.notice;

import org.jspecify.annotations.NullMarked;
