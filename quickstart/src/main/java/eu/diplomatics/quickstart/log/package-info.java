/** How two people of the controller's let the log go on after a loss, through the registry's API and the witness. */
@NullMarked
package eu.diplomatics.quickstart.log;

import org.jspecify.annotations.NullMarked;
