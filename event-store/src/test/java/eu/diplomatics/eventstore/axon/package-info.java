@NullMarked
package eu.diplomatics.eventstore.axon;

import org.jspecify.annotations.NullMarked;
