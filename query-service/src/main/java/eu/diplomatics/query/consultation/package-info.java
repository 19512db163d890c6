/** The consultation API over HTTP. */
@NullMarked
package eu.diplomatics.query.consultation;

import org.jspecify.annotations.NullMarked;
