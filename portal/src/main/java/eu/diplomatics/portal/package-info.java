/** Pages for people: without a database and without keys of the registry. */
@NullMarked
package eu.diplomatics.portal;

import org.jspecify.annotations.NullMarked;
