/** RFC 9457 problem details: every refusal has a stable code and never echoes a value. */
@NullMarked
package eu.diplomatics.query.problem;

import org.jspecify.annotations.NullMarked;
