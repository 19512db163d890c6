/** Who somebody is: signed in by the identity provider, kept on this side only, for a time. */
@NullMarked
package eu.diplomatics.portal.signin;

import org.jspecify.annotations.NullMarked;
