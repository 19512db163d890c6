/** How long each kind of data is kept, and the job that takes it away afterwards (R27). */
@NullMarked
package eu.diplomatics.retention;

import org.jspecify.annotations.NullMarked;
