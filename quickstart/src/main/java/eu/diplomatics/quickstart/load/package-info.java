/** Registers generated people and diplomas through the registration API, as institutions would. */
@NullMarked
package eu.diplomatics.quickstart.load;

import org.jspecify.annotations.NullMarked;
