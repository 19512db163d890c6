@NullMarked
package eu.diplomatics.quickstart.keys;

import org.jspecify.annotations.NullMarked;
