@NullMarked
package eu.diplomatics.keyring;

import org.jspecify.annotations.NullMarked;
