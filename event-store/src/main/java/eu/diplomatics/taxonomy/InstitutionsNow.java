package eu.diplomatics.taxonomy;

/** The suppliers and institutions as they are known at this moment. */
@FunctionalInterface
public interface InstitutionsNow {
    Institutions now();
}
