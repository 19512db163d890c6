@NullMarked
package eu.diplomatics.quickstart.caller;

import org.jspecify.annotations.NullMarked;
