/** The access log on its way to the controller's own database. No answer waits for it. */
@NullMarked
package eu.diplomatics.query.shipping;

import org.jspecify.annotations.NullMarked;
