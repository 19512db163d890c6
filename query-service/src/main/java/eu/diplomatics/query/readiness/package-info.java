/** Whether this service may answer about real people (R33). */
@NullMarked
package eu.diplomatics.query.readiness;

import org.jspecify.annotations.NullMarked;
