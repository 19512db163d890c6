package eu.diplomatics.taxonomy;

import eu.diplomatics.taxonomy.TaxonomyFile.Combination;
import eu.diplomatics.taxonomy.TaxonomyFile.Subject;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A taxonomy may not contradict itself: a wrong one stops the start, not the thousandth registration. */
final class TaxonomyConsistency {
    private TaxonomyConsistency() {}

    static void check(TaxonomyFile file) {
        for (Combination combination : file.combinations()) {
            String where = "combination '" + combination.name() + "'";
            listed(where, combination.category(), file.values().category());
            listed(where, combination.degree(), file.values().degree());
            listed(where, combination.educationForm(), file.values().educationForm());
            listed(where, combination.kind(), file.values().kind());
            listed(where, combination.state(), file.values().state());
            listed(where, combination.awardingBody(), file.values().awardingBody());
            listed(where, combination.schoolType(), file.values().schoolType());
            List<String> finality = combination.finality();
            listed(where, finality == null ? List.of() : finality, file.values().finality());
            named(where, combination.iscedLevel1997(), file.iscedLevels1997());
            named(where, combination.iscedLevel2011(), file.iscedLevels2011());
            named(where, combination.vksEducation(), file.vksLevels());
            named(where, combination.vksProfessional(), file.vksLevels());
        }
        Set<String> codes = new HashSet<>();
        for (Subject subject : file.subjects()) {
            String where = "subject " + subject.code();
            if (!codes.add(subject.code())) {
                throw new InvalidTaxonomyException(where + " occurs twice");
            }
            named(where, subject.iscedField1997(), file.iscedFields1997());
            named(where, subject.iscedField2013(), file.iscedFields2013());
        }
    }

    private static void listed(String where, Collection<String> used, Collection<String> values) {
        for (String value : used) {
            if (!values.contains(value)) {
                throw new InvalidTaxonomyException(where + " uses a value that is not listed: " + value);
            }
        }
    }

    private static void named(String where, @Nullable String code, Map<String, String> names) {
        if (code != null && !names.containsKey(code)) {
            throw new InvalidTaxonomyException(where + " uses a code without a name: " + code);
        }
    }
}
