@NullMarked
package eu.diplomatics.quickstart.roles;

import org.jspecify.annotations.NullMarked;
