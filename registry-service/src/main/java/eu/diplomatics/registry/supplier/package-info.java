/** Who registers, and for which institutions: the controller's register of suppliers. */
@NullMarked
package eu.diplomatics.registry.supplier;

import org.jspecify.annotations.NullMarked;
