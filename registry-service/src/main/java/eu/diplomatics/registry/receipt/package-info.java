/** What an institution keeps of each accepted act, and the keys to check it. */
@NullMarked
package eu.diplomatics.registry.receipt;

import org.jspecify.annotations.NullMarked;
