/** What lies under which key, told from metadata; nothing here decrypts. */
@NullMarked
package eu.diplomatics.inventory;

import org.jspecify.annotations.NullMarked;
