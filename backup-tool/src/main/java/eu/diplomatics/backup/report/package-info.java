/** Reports of drills for people. */
@NullMarked
package eu.diplomatics.backup.report;

import org.jspecify.annotations.NullMarked;
