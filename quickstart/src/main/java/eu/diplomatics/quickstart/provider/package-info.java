/** The identity provider of the quickstart, by Spring Authorization Server: sample systems, and whoever knows its password. */
@NullMarked
package eu.diplomatics.quickstart.provider;

import org.jspecify.annotations.NullMarked;
