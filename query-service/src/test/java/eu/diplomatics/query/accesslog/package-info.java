@NullMarked
package eu.diplomatics.query.accesslog;

import org.jspecify.annotations.NullMarked;
