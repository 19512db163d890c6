/** What the query-service answers a person who asks with a token of their own. */
@NullMarked
package eu.diplomatics.portal.registry;

import org.jspecify.annotations.NullMarked;
