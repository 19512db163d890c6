@NullMarked
package eu.diplomatics.quickstart.compliance;

import org.jspecify.annotations.NullMarked;
