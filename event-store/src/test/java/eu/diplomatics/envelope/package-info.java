@NullMarked
package eu.diplomatics.envelope;

import org.jspecify.annotations.NullMarked;
