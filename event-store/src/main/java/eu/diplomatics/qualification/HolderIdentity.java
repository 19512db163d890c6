package eu.diplomatics.qualification;

/** Who a holder is, as the supplier stated it. */
public sealed interface HolderIdentity {
    /** Known by national number. */
    record ByInsz(Insz insz) implements HolderIdentity {}

    /** Without a number: unique by supplier and that supplier's local number. */
    record ByName(String familyName, String givenNames, PartialDate birthDate, String localNumber)
            implements HolderIdentity {
        @Override
        public String toString() {
            return "ByName[redacted]";
        }
    }
}
