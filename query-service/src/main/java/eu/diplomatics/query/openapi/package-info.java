/** The description of the API. */
@NullMarked
package eu.diplomatics.query.openapi;

import org.jspecify.annotations.NullMarked;
