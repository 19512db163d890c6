/** Who the commands of the quickstart are to its services: by a header, or by access tokens of the quickstart's provider. */
@NullMarked
package eu.diplomatics.quickstart.caller;

import org.jspecify.annotations.NullMarked;
