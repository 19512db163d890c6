package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.HolderIdentity;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Somebody who does not exist. */
record Person(long index, LocalDate birthDate, Names.@Nullable Roots roots, HolderIdentity identity) {}
