@NullMarked
package eu.diplomatics.quickstart;

import org.jspecify.annotations.NullMarked;
