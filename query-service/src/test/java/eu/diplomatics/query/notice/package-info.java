@NullMarked
package eu.diplomatics.query.notice;

import org.jspecify.annotations.NullMarked;
