@NullMarked
package eu.diplomatics.query.disclosure;

import org.jspecify.annotations.NullMarked;
