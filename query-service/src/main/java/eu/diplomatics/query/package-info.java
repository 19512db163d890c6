@NullMarked
package eu.diplomatics.query;

import org.jspecify.annotations.NullMarked;
