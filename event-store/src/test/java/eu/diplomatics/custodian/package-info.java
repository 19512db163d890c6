/** What operators do at the custodian, for tests of its clients. */
@NullMarked
package eu.diplomatics.custodian;

import org.jspecify.annotations.NullMarked;
