@NullMarked
package eu.diplomatics.registry.relay;

import org.jspecify.annotations.NullMarked;
