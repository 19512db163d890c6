package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.TaxonomyChanges;
import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.taxonomy.TaxonomyFile.Combination;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The taxonomy: allowed values, allowed combinations, and the classifications that follow from them: from a file, and what the
 * controller changed since. An entry that was closed counts for what was awarded before that day.
 */
public final class Taxonomy {
    /** The pseudo-value of the LED for what is not known; never in a taxonomy. */
    static final String NOT_AVAILABLE = "Niet beschikbaar";

    private final TaxonomyFile file;
    private final String version;
    private final TaxonomyEntries entries;
    private final Map<String, List<Row>> rowsByCategory = new HashMap<>();

    /** A combination, with the entry that says until when. */
    private record Row(Combination combination, TaxonomyEntry entry) {}

    private Taxonomy(TaxonomyFile file, String version, TaxonomyEntries entries) {
        TaxonomyConsistency.check(entries);
        this.file = file;
        this.version = version;
        this.entries = entries;
        for (TaxonomyEntry entry : entries.all(TaxonomyList.COMBINATION)) {
            Row row = new Row(TaxonomyEntries.combination(entry), entry);
            for (String category : row.combination().category()) {
                rowsByCategory
                        .computeIfAbsent(category, any -> new ArrayList<>())
                        .add(row);
            }
        }
    }

    /** The taxonomy that comes with this program. */
    public static Taxonomy current() {
        try (InputStream in = Objects.requireNonNull(Taxonomy.class.getResourceAsStream("/taxonomy/2026-1.json"))) {
            return read(in);
        } catch (IOException e) {
            throw new InvalidTaxonomyException("taxonomy cannot be read", e);
        }
    }

    /** @throws InvalidTaxonomyException when the file cannot be read or contradicts itself */
    public static Taxonomy load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        } catch (IOException e) {
            throw new InvalidTaxonomyException("taxonomy cannot be read", e);
        }
    }

    static Taxonomy read(InputStream in) {
        try {
            TaxonomyFile file = JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(in, TaxonomyFile.class);
            return new Taxonomy(file, file.version(), TaxonomyEntries.of(file));
        } catch (JacksonException e) {
            throw new InvalidTaxonomyException("taxonomy is not of the expected shape", e);
        }
    }

    /**
     * This one of a file, with what was changed since laid over it.
     *
     * @throws InvalidTaxonomyException when the two contradict each other
     */
    public Taxonomy with(TaxonomyChanges changes) {
        return changes.count() == 0
                ? this
                : new Taxonomy(
                        file,
                        file.version() + '+' + changes.count(),
                        entries.with(changes.entries().values().stream()
                                .map(TaxonomyChanges.Listed::entry)
                                .toList()));
    }

    /** That of the file; behind a plus sign how many changes were laid over it. */
    public String version() {
        return version;
    }

    /** All entries of a list, in their order. */
    public List<TaxonomyEntry> entries(TaxonomyList list) {
        return List.copyOf(entries.all(list));
    }

    /** An entry by its code, closed or not. */
    public Optional<TaxonomyEntry> find(TaxonomyList list, String code) {
        return entries.find(list, code);
    }

    /** What speaks against an entry, new or as it is to become; pointers into its JSON. */
    public List<Rejection> refusals(TaxonomyList list, TaxonomyEntry entry) {
        return TaxonomyConsistency.refusals(entries, list, entry);
    }

    TaxonomyFile file() {
        return file;
    }

    /** Holds basis data against the taxonomy; what mode {@code LEGACY} lets through is listed instead of rejected. */
    public TaxonomyCheck check(Basis basis, Mode mode) {
        TaxonomyRules rules = new TaxonomyRules(this, basis);
        return mode == Mode.STRICT
                ? new TaxonomyCheck(rules.rejections(), List.of())
                : new TaxonomyCheck(
                        List.of(),
                        rules.rejections().stream()
                                .map(r -> r.pointer())
                                .distinct()
                                .toList());
    }

    /** What follows from basis data; nothing where the taxonomy does not know them. */
    public Derived derive(Basis basis) {
        TaxonomyEntry subject =
                find(TaxonomyList.SUBJECT, basis.subject().code()).orElse(null);
        Row row = row(basis);
        Combination combination = row == null ? null : row.combination();
        return new Derived(
                subject == null
                        ? null
                        : code(TaxonomyList.ISCED_FIELD_1997, TaxonomyEntries.first(subject, "iscedField1997")),
                subject == null
                        ? null
                        : code(TaxonomyList.ISCED_FIELD_2013, TaxonomyEntries.first(subject, "iscedField2013")),
                combination == null ? null : code(TaxonomyList.ISCED_LEVEL_1997, combination.iscedLevel1997()),
                combination == null ? null : code(TaxonomyList.ISCED_LEVEL_2011, combination.iscedLevel2011()),
                combination == null ? null : code(TaxonomyList.VKS_LEVEL, combination.vksEducation()),
                combination == null ? null : code(TaxonomyList.VKS_LEVEL, combination.vksProfessional()),
                combination == null ? null : combination.eqf(),
                version);
    }

    /** Whether it is a kind of awarding body, or was one. */
    public boolean isAwardingBody(String type) {
        return find(TaxonomyList.AWARDING_BODY, type).isPresent();
    }

    /** The name of a subject; empty when its code is not in the taxonomy. */
    public Optional<String> subjectName(String code) {
        return find(TaxonomyList.SUBJECT, code).map(TaxonomyEntry::name);
    }

    /** The combinations of a category that there were when it was awarded. */
    List<Combination> combinations(Basis basis) {
        return rowsByCategory.getOrDefault(basis.category(), List.of()).stream()
                .filter(row -> !row.entry().isClosedOn(basis.awardedOn()))
                .map(Row::combination)
                .toList();
    }

    /** Whether the values are one of the combinations. */
    boolean isCombination(Basis basis) {
        return row(basis) != null;
    }

    /** The first that the values are one of. */
    private @Nullable Row row(Basis basis) {
        for (Row row : rowsByCategory.getOrDefault(basis.category(), List.of())) {
            if (!row.entry().isClosedOn(basis.awardedOn()) && allows(row.combination(), basis)) {
                return row;
            }
        }
        return null;
    }

    private static boolean allows(Combination combination, Basis basis) {
        for (Dimension dimension : Dimension.ALL) {
            if (!dimension.allows(combination, basis)) {
                return false;
            }
        }
        return true;
    }

    private Derived.@Nullable Code code(TaxonomyList list, @Nullable String code) {
        return code == null
                ? null
                : new Derived.Code(
                        code, find(list, code).map(TaxonomyEntry::name).orElse(null));
    }
}
