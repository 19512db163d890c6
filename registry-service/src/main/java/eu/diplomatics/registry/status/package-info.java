/** What the service says about its own health. */
@NullMarked
package eu.diplomatics.registry.status;

import org.jspecify.annotations.NullMarked;
