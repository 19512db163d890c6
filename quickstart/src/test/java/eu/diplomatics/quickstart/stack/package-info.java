@NullMarked
package eu.diplomatics.quickstart.stack;

import org.jspecify.annotations.NullMarked;
