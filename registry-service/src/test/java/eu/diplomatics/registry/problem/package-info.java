@NullMarked
package eu.diplomatics.registry.problem;

import org.jspecify.annotations.NullMarked;
