@NullMarked
package eu.diplomatics.quickstart.bench;

import org.jspecify.annotations.NullMarked;
