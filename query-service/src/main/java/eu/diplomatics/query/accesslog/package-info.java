/** The durable, sealed record of every access. */
@NullMarked
package eu.diplomatics.query.accesslog;

import org.jspecify.annotations.NullMarked;
