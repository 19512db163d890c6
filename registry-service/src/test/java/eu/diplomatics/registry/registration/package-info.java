@NullMarked
package eu.diplomatics.registry.registration;

import org.jspecify.annotations.NullMarked;
