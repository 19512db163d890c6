@NullMarked
package eu.diplomatics.query.grouping;

import org.jspecify.annotations.NullMarked;
