/** What agencies may ask, and for what: the controller's purpose catalogue. */
@NullMarked
package eu.diplomatics.registry.mandate;

import org.jspecify.annotations.NullMarked;
