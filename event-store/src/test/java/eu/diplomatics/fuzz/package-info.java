/** What reads bytes of others is given bytes that nobody wrote: ./dev fuzz looks for them, the corpus keeps what was found. */
@NullMarked
package eu.diplomatics.fuzz;

import org.jspecify.annotations.NullMarked;
