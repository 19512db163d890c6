@NullMarked
package eu.diplomatics.edge;

import org.jspecify.annotations.NullMarked;
