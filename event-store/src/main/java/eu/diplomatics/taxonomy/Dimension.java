package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.taxonomy.TaxonomyFile.Combination;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One of the things that must go together, in the order in which they narrow the choice. */
record Dimension(String name, Function<Basis, @Nullable String> value, Function<Combination, List<String>> allowed) {
    private static final List<String> BELGIUM = List.of("BEL");

    static final List<Dimension> ALL = List.of(
            new Dimension("degree", Basis::degree, Combination::degree),
            new Dimension("educationForm", Basis::educationForm, Combination::educationForm),
            new Dimension("kind", Basis::kind, Combination::kind),
            new Dimension("state", Basis::state, Combination::state),
            new Dimension("awardingBody", Basis::awardingBody, Combination::awardingBody),
            new Dimension("schoolType", Basis::schoolType, Combination::schoolType),
            new Dimension("finality", Basis::finality, Dimension::finality),
            new Dimension("country", Basis::country, Dimension::countries));

    boolean allows(Combination combination, Basis basis) {
        String given = value.apply(basis);
        List<String> values = allowed.apply(combination);
        return given == null || values.contains("*") || values.contains(given);
    }

    private static List<String> finality(Combination combination) {
        List<String> finality = combination.finality();
        return finality == null ? List.of() : finality;
    }

    private static List<String> countries(Combination combination) {
        List<String> countries = combination.countries();
        return countries == null ? BELGIUM : countries;
    }
}
