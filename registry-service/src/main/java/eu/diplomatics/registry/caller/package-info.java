/** Who calls: institutions, agencies, citizens, the controller. */
@NullMarked
package eu.diplomatics.registry.caller;

import org.jspecify.annotations.NullMarked;
