package eu.diplomatics.qualification;

/** Why two holders are one person. */
public enum LinkKind {
    /** Somebody known by names and a local number got, or turned out to have, a national number. */
    NUMBER_LINKED,
    /** A national number was replaced by another. */
    NUMBER_REPLACED
}
