/** Whether an installation is fit for real people: who holds what and where, and what must be so before (R33). */
@NullMarked
package eu.diplomatics.golive;

import org.jspecify.annotations.NullMarked;
