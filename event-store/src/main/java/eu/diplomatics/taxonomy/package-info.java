/** What values a qualification may have, in which combinations, what follows from them, and who may register for whom. */
@NullMarked
package eu.diplomatics.taxonomy;

import org.jspecify.annotations.NullMarked;
