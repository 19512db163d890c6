/** What an operator sees of the keys and does with them, through the registry's API. */
@NullMarked
package eu.diplomatics.quickstart.keys;

import org.jspecify.annotations.NullMarked;
