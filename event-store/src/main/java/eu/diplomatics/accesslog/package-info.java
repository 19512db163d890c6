/** What a row of the access log is made of, for whoever discloses something. */
@NullMarked
package eu.diplomatics.accesslog;

import org.jspecify.annotations.NullMarked;
