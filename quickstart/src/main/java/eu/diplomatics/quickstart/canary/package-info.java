/** Synthetic holders that are always there, by which one sees whether a registry answers as it did before. */
@NullMarked
package eu.diplomatics.quickstart.canary;

import org.jspecify.annotations.NullMarked;
