/** Measures the registry against the raw limit of the same machine, in the same run. */
@NullMarked
package eu.diplomatics.quickstart.bench;

import org.jspecify.annotations.NullMarked;
