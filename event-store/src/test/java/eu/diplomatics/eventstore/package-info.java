@NullMarked
package eu.diplomatics.eventstore;

import org.jspecify.annotations.NullMarked;
