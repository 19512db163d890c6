/** Believable people and diplomas, the same for the same seed. All of it is invented; test numbers only. */
@NullMarked
package eu.diplomatics.quickstart.sample;

import org.jspecify.annotations.NullMarked;
