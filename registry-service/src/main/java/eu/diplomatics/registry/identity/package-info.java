/** Who a holder is, over time: numbers linked later, replaced, wrongly linked, and qualifications filed under the wrong person. */
@NullMarked
package eu.diplomatics.registry.identity;

import org.jspecify.annotations.NullMarked;
