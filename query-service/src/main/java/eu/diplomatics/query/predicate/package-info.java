/** Questions that are answered yes or no. */
@NullMarked
package eu.diplomatics.query.predicate;

import org.jspecify.annotations.NullMarked;
