@NullMarked
package eu.diplomatics.registry.keys;

import org.jspecify.annotations.NullMarked;
