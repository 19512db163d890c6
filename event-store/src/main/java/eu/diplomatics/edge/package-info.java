/**
 * What both services do at their edge, whoever calls: TLS, headers of answers, rates of callers, patience
 * with slow ones.
 */
@NullMarked
package eu.diplomatics.edge;

import org.jspecify.annotations.NullMarked;
