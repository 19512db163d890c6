/** The LED's web service GeefBewijs over SOAP: another way to the same gate. */
@NullMarked
package eu.diplomatics.query.led;

import org.jspecify.annotations.NullMarked;
