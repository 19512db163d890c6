@NullMarked
package eu.diplomatics.quickstart.canary;

import org.jspecify.annotations.NullMarked;
