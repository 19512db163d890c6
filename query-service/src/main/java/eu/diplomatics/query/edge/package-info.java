/** How this service meets whoever calls, before anything is known of them. */
@NullMarked
package eu.diplomatics.query.edge;

import org.jspecify.annotations.NullMarked;
