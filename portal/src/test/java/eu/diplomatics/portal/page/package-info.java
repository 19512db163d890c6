@NullMarked
package eu.diplomatics.portal.page;

import org.jspecify.annotations.NullMarked;
