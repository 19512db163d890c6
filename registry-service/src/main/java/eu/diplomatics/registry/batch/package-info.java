/** Files of many registrations: received sealed, worked on row by row, answered row by row, forgotten after the retention. */
@NullMarked
package eu.diplomatics.registry.batch;

import org.jspecify.annotations.NullMarked;
