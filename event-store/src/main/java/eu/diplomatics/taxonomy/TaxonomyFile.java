package eu.diplomatics.taxonomy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shape of a taxonomy's file: {@code taxonomy/2026-1.json} and its successors. */
record TaxonomyFile(
        String version,
        int earliestYear,
        Values values,
        List<Combination> combinations,
        List<Subject> subjects,
        Map<String, String> iscedLevels1997,
        Map<String, String> iscedLevels2011,
        Map<String, String> vksLevels,
        Map<String, String> iscedFields1997,
        Map<String, String> iscedFields2013) {

    record Values(
            List<String> authenticity,
            List<String> category,
            List<String> degree,
            List<String> educationForm,
            List<String> kind,
            List<String> state,
            List<String> awardingBody,
            List<String> schoolType,
            List<String> finality,
            List<String> alternativeRole,
            List<String> informationName) {}

    /**
     * Values that go together, and the levels that follow from them.
     *
     * @param finality the values that may be given with them; none when absent
     * @param countries where they may be awarded: Belgium when absent, anywhere for {@code *}
     */
    record Combination(
            String name,
            List<String> category,
            List<String> degree,
            List<String> educationForm,
            List<String> kind,
            List<String> state,
            List<String> awardingBody,
            List<String> schoolType,
            @Nullable List<String> finality,
            @Nullable List<String> countries,
            @Nullable String iscedLevel1997,
            @Nullable String iscedLevel2011,
            @Nullable String vksEducation,
            @Nullable String vksProfessional,
            @Nullable Integer eqf) {}

    record Subject(String code, String name, String iscedField1997, String iscedField2013) {}
}
