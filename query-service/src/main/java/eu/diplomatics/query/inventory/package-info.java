/** Which key protects what this service keeps, for the controller. */
@NullMarked
package eu.diplomatics.query.inventory;

import org.jspecify.annotations.NullMarked;
