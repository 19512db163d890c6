/** Puts the service together: settings, databases, keys, the log and Axon's command bus, in plain classes. */
@NullMarked
package eu.diplomatics.registry.setup;

import org.jspecify.annotations.NullMarked;
