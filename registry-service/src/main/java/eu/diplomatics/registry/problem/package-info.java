/** Every error in one shape: RFC 9457 problem details with a stable code and without any value of the request. */
@NullMarked
package eu.diplomatics.registry.problem;

import org.jspecify.annotations.NullMarked;
