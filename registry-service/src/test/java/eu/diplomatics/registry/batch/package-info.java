@NullMarked
package eu.diplomatics.registry.batch;

import org.jspecify.annotations.NullMarked;
