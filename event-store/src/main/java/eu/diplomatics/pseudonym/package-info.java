/** Names for people that one agency can keep and no two can compare. */
@NullMarked
package eu.diplomatics.pseudonym;

import org.jspecify.annotations.NullMarked;
