@NullMarked
package eu.diplomatics.portal.signin;

import org.jspecify.annotations.NullMarked;
