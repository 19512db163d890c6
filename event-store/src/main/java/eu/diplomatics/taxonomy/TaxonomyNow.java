package eu.diplomatics.taxonomy;

/** The taxonomy as it is known at this moment. */
@FunctionalInterface
public interface TaxonomyNow {
    Taxonomy now();
}
