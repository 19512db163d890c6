/** The description of the API, served by the service itself. */
@NullMarked
package eu.diplomatics.registry.openapi;

import org.jspecify.annotations.NullMarked;
