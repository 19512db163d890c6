@NullMarked
package eu.diplomatics.quickstart.demo;

import org.jspecify.annotations.NullMarked;
