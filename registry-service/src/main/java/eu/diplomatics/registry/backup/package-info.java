/** What the registry knows of its backups: their signed index says when the newest was verified. */
@NullMarked
package eu.diplomatics.registry.backup;

import org.jspecify.annotations.NullMarked;
