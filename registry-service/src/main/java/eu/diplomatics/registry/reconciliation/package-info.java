/** Reconciliation: an institution holds its own records against the registry's, by digests under a key of its own (R12). */
@NullMarked
package eu.diplomatics.registry.reconciliation;

import org.jspecify.annotations.NullMarked;
