/**
 * The LED's web services 02.00: its XML read within bounds, held against our schemas, and turned into requests and back.
 * Knows neither HTTP nor SOAP libraries: both services use it.
 */
@NullMarked
package eu.diplomatics.led;

import org.jspecify.annotations.NullMarked;
