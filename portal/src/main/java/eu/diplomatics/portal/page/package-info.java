/** What all pages share: language, words, headers, and what is said when something fails. */
@NullMarked
package eu.diplomatics.portal.page;

import org.jspecify.annotations.NullMarked;
