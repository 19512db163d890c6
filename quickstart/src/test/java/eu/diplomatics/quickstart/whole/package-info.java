@NullMarked
package eu.diplomatics.quickstart.whole;

import org.jspecify.annotations.NullMarked;
