@NullMarked
package eu.diplomatics.qualification;

import org.jspecify.annotations.NullMarked;
