/** The controller's own copy of the access log: its database, and what holds it against what was signed. */
@NullMarked
package eu.diplomatics.shipping;

import org.jspecify.annotations.NullMarked;
