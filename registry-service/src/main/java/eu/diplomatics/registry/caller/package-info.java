/** Who calls: institutions, agencies, citizens, the controller, and those who watch over the registry (docs/roles.md). */
@NullMarked
package eu.diplomatics.registry.caller;

import org.jspecify.annotations.NullMarked;
