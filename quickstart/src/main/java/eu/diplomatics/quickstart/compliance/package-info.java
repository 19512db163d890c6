/** The compliance dossier, written from the tests: a promise without a test shows as open. */
@NullMarked
package eu.diplomatics.quickstart.compliance;

import org.jspecify.annotations.NullMarked;
