@NullMarked
package eu.diplomatics.registry.destruction;

import org.jspecify.annotations.NullMarked;
