package eu.diplomatics.sensitivity;

/** How much harm a field can do to whom it is about, in rising order (docs/classification.md). */
public enum Sensitivity {
    /** About the registry or its answer, not about anybody. */
    OPEN,
    /** About a qualification; by itself it tells nobody who holds it. */
    ORDINARY,
    /** Tells who somebody is together with little else, or links what is known of them. */
    PERSONAL,
    /** The national number, and what may tell about health, conduct or anything else: free text too. */
    SPECIAL;

    public boolean isAbove(Sensitivity other) {
        return compareTo(other) > 0;
    }
}
