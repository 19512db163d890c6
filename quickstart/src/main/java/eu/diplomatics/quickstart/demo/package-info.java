/** A walk through the main job against running services, with every answer checked. */
@NullMarked
package eu.diplomatics.quickstart.demo;

import org.jspecify.annotations.NullMarked;
