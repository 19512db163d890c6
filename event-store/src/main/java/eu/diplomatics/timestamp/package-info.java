/** RFC 3161 time stamps: when somebody else than log and witness saw a checkpoint. */
@NullMarked
package eu.diplomatics.timestamp;

import org.jspecify.annotations.NullMarked;
