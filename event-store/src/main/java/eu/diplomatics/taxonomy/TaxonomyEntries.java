package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.qualification.TaxonomyEntry.Link;
import eu.diplomatics.taxonomy.TaxonomyFile.Combination;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All entries of all lists, in their order: those of the file, then those that were added. */
final class TaxonomyEntries {
    private static final int EQF_LEVELS = 8;

    private final Map<TaxonomyList, Map<String, TaxonomyEntry>> lists = new EnumMap<>(TaxonomyList.class);

    private TaxonomyEntries() {
        for (TaxonomyList list : TaxonomyList.values()) {
            lists.put(list, new LinkedHashMap<>());
        }
    }

    /** @throws InvalidTaxonomyException when an entry stands there twice */
    static TaxonomyEntries of(TaxonomyFile file) {
        TaxonomyEntries all = new TaxonomyEntries();
        TaxonomyFile.Values values = file.values();
        all.values(TaxonomyList.AUTHENTICITY, values.authenticity());
        all.values(TaxonomyList.CATEGORY, values.category());
        all.values(TaxonomyList.DEGREE, values.degree());
        all.values(TaxonomyList.EDUCATION_FORM, values.educationForm());
        all.values(TaxonomyList.KIND, values.kind());
        all.values(TaxonomyList.STATE, values.state());
        all.values(TaxonomyList.AWARDING_BODY, values.awardingBody());
        all.values(TaxonomyList.SCHOOL_TYPE, values.schoolType());
        all.values(TaxonomyList.FINALITY, values.finality());
        all.values(TaxonomyList.ALTERNATIVE_ROLE, values.alternativeRole());
        all.values(TaxonomyList.INFORMATION_NAME, values.informationName());
        all.values(TaxonomyList.COUNTRY, CodeList.COUNTRIES.codes());
        all.values(TaxonomyList.LANGUAGE, CodeList.LANGUAGES.codes());
        for (int level = 1; level <= EQF_LEVELS; level++) {
            all.add(TaxonomyList.EQF_LEVEL, Integer.toString(level), null, List.of());
        }
        all.names(TaxonomyList.ISCED_LEVEL_1997, file.iscedLevels1997());
        all.names(TaxonomyList.ISCED_LEVEL_2011, file.iscedLevels2011());
        all.names(TaxonomyList.VKS_LEVEL, file.vksLevels());
        all.names(TaxonomyList.ISCED_FIELD_1997, file.iscedFields1997());
        all.names(TaxonomyList.ISCED_FIELD_2013, file.iscedFields2013());
        file.subjects()
                .forEach(subject -> all.add(
                        TaxonomyList.SUBJECT,
                        subject.code(),
                        subject.name(),
                        List.of(
                                new Link("iscedField1997", List.of(subject.iscedField1997())),
                                new Link("iscedField2013", List.of(subject.iscedField2013())))));
        file.combinations()
                .forEach(
                        combination -> all.add(TaxonomyList.COMBINATION, combination.name(), null, links(combination)));
        return all;
    }

    /** These, with others laid over them: an entry that is there keeps its place. */
    TaxonomyEntries with(Collection<TaxonomyEntry> changed) {
        TaxonomyEntries all = new TaxonomyEntries();
        lists.forEach((list, entries) -> all.of(list).putAll(entries));
        for (TaxonomyEntry entry : changed) {
            TaxonomyList list = TaxonomyList.of(entry.list())
                    .orElseThrow(() -> new InvalidTaxonomyException("an entry of a list that there is not"));
            all.of(list).put(entry.code(), entry);
        }
        return all;
    }

    Optional<TaxonomyEntry> find(TaxonomyList list, String code) {
        return Optional.ofNullable(of(list).get(code));
    }

    Collection<TaxonomyEntry> all(TaxonomyList list) {
        return of(list).values();
    }

    private Map<String, TaxonomyEntry> of(TaxonomyList list) {
        return Objects.requireNonNull(lists.get(list));
    }

    private void values(TaxonomyList list, Collection<String> values) {
        values.forEach(value -> add(list, value, null, List.of()));
    }

    private void names(TaxonomyList list, Map<String, String> names) {
        names.forEach((code, name) -> add(list, code, name, List.of()));
    }

    private void add(TaxonomyList list, String code, @Nullable String name, List<Link> links) {
        TaxonomyEntry before = of(list).put(code, new TaxonomyEntry(list.label(), code, name, null, links));
        if (before != null) {
            throw new InvalidTaxonomyException(list.label() + " '" + code + "' occurs twice");
        }
    }

    private static List<Link> links(Combination combination) {
        List<Link> links = new ArrayList<>();
        link(links, "category", combination.category());
        link(links, "degree", combination.degree());
        link(links, "educationForm", combination.educationForm());
        link(links, "kind", combination.kind());
        link(links, "state", combination.state());
        link(links, "awardingBody", combination.awardingBody());
        link(links, "schoolType", combination.schoolType());
        link(links, "finality", combination.finality());
        link(links, "country", combination.countries());
        link(links, "iscedLevel1997", one(combination.iscedLevel1997()));
        link(links, "iscedLevel2011", one(combination.iscedLevel2011()));
        link(links, "vksEducation", one(combination.vksEducation()));
        link(links, "vksProfessional", one(combination.vksProfessional()));
        Integer eqf = combination.eqf();
        link(links, "eqf", one(eqf == null ? null : eqf.toString()));
        return links;
    }

    private static void link(List<Link> links, String name, @Nullable List<String> codes) {
        if (codes != null && !codes.isEmpty()) {
            links.add(new Link(name, codes));
        }
    }

    private static List<String> one(@Nullable String code) {
        return code == null ? List.of() : List.of(code);
    }

    /** The same as a row of the file. */
    static Combination combination(TaxonomyEntry entry) {
        String eqf = first(entry, "eqf");
        return new Combination(
                entry.code(),
                entry.codes("category"),
                entry.codes("degree"),
                entry.codes("educationForm"),
                entry.codes("kind"),
                entry.codes("state"),
                entry.codes("awardingBody"),
                entry.codes("schoolType"),
                orNull(entry.codes("finality")),
                orNull(entry.codes("country")),
                first(entry, "iscedLevel1997"),
                first(entry, "iscedLevel2011"),
                first(entry, "vksEducation"),
                first(entry, "vksProfessional"),
                eqf == null ? null : Integer.valueOf(eqf));
    }

    private static @Nullable List<String> orNull(List<String> codes) {
        return codes.isEmpty() ? null : codes;
    }

    static @Nullable String first(TaxonomyEntry entry, String link) {
        List<String> codes = entry.codes(link);
        return codes.isEmpty() ? null : codes.getFirst();
    }
}
