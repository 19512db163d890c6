@NullMarked
package eu.diplomatics.registry;

import org.jspecify.annotations.NullMarked;
