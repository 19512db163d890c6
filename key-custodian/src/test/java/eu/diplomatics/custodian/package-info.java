@NullMarked
package eu.diplomatics.custodian;

import org.jspecify.annotations.NullMarked;
