/**
 * Who calls, proven by an access token (RFC 9068) that is bound to a certificate (RFC 8705) or a key (RFC 9449). Knows
 * no web framework: both services put their requests in and their refusals out.
 */
@NullMarked
package eu.diplomatics.access;

import org.jspecify.annotations.NullMarked;
