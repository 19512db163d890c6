/** Disputes: whoever a record is about says that it is not right, and whoever registered it has to settle that in time. */
@NullMarked
package eu.diplomatics.registry.dispute;

import org.jspecify.annotations.NullMarked;
