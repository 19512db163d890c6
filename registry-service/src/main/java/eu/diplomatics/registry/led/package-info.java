/** The LED's web services that register, correct and annul, over SOAP: another way to the same commands. */
@NullMarked
package eu.diplomatics.registry.led;

import org.jspecify.annotations.NullMarked;
