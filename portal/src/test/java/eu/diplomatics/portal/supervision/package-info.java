@NullMarked
package eu.diplomatics.portal.supervision;

import org.jspecify.annotations.NullMarked;
