/** What may be said over the network, and to whom: TLS 1.3 between machines that know each other by certificates. */
@NullMarked
package eu.diplomatics.tls;

import org.jspecify.annotations.NullMarked;
