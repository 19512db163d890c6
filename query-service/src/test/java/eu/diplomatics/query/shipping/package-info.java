@NullMarked
package eu.diplomatics.query.shipping;

import org.jspecify.annotations.NullMarked;
