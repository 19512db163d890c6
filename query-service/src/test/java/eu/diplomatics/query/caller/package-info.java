@NullMarked
package eu.diplomatics.query.caller;

import org.jspecify.annotations.NullMarked;
