/** Whether the access log is sealed as it should be, for those who watch over it. */
@NullMarked
package eu.diplomatics.query.seal;

import org.jspecify.annotations.NullMarked;
