/** The processes of the registry on one machine: starting, watching, ending, and saying how they are. */
@NullMarked
package eu.diplomatics.quickstart.stack;

import org.jspecify.annotations.NullMarked;
