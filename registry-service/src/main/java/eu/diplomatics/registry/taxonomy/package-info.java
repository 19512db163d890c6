/** What a qualification may say: the taxonomy, as the controller changes it. */
@NullMarked
package eu.diplomatics.registry.taxonomy;

import org.jspecify.annotations.NullMarked;
