/** What an operator sees of the keys and does with them, through the APIs of registry and query service. */
@NullMarked
package eu.diplomatics.quickstart.keys;

import org.jspecify.annotations.NullMarked;
