/** The one gate through which opened data leaves, and what it answers. */
@NullMarked
package eu.diplomatics.query.disclosure;

import org.jspecify.annotations.NullMarked;
