/** Which key protects what, and whether that holds: for the controller, and signed for the custodian. */
@NullMarked
package eu.diplomatics.registry.inventory;

import org.jspecify.annotations.NullMarked;
