@NullMarked
package eu.diplomatics.pseudonym;

import org.jspecify.annotations.NullMarked;
