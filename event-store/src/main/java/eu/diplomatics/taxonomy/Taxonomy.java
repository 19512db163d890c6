package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.taxonomy.TaxonomyFile.Combination;
import eu.diplomatics.taxonomy.TaxonomyFile.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The taxonomy in force: allowed values, allowed combinations, and the classifications that follow from them. */
public final class Taxonomy {
    /** The pseudo-value of the LED for what is not known; never in a taxonomy. */
    static final String NOT_AVAILABLE = "Niet beschikbaar";

    private final TaxonomyFile file;
    private final Map<String, Subject> subjects;
    private final Map<String, List<Combination>> combinationsByCategory;

    private Taxonomy(TaxonomyFile file) {
        this.file = file;
        subjects = file.subjects().stream().collect(Collectors.toMap(Subject::code, Function.identity()));
        combinationsByCategory = file.values().category().stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        category -> file.combinations().stream()
                                .filter(c -> c.category().contains(category))
                                .toList()));
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
            TaxonomyConsistency.check(file);
            return new Taxonomy(file);
        } catch (JacksonException e) {
            throw new InvalidTaxonomyException("taxonomy is not of the expected shape", e);
        }
    }

    public String version() {
        return file.version();
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
        Subject subject = subjects.get(basis.subject().code());
        Combination combination = combination(basis).orElse(null);
        return new Derived(
                subject == null ? null : code(subject.iscedField1997(), file.iscedFields1997()),
                subject == null ? null : code(subject.iscedField2013(), file.iscedFields2013()),
                combination == null ? null : code(combination.iscedLevel1997(), file.iscedLevels1997()),
                combination == null ? null : code(combination.iscedLevel2011(), file.iscedLevels2011()),
                combination == null ? null : code(combination.vksEducation(), file.vksLevels()),
                combination == null ? null : code(combination.vksProfessional(), file.vksLevels()),
                combination == null ? null : combination.eqf(),
                file.version());
    }

    /** Whether it is a kind of awarding body. */
    public boolean isAwardingBody(String type) {
        return file.values().awardingBody().contains(type);
    }

    /** The name of a subject; empty when its code is not in the taxonomy. */
    public Optional<String> subjectName(String code) {
        return Optional.ofNullable(subjects.get(code)).map(Subject::name);
    }

    boolean hasSubject(String code) {
        return subjects.containsKey(code);
    }

    List<Combination> combinations(String category) {
        return combinationsByCategory.getOrDefault(category, List.of());
    }

    /** The first combination that the values are one of. */
    Optional<Combination> combination(Basis basis) {
        for (Combination combination : combinations(basis.category())) {
            if (allows(combination, basis)) {
                return Optional.of(combination);
            }
        }
        return Optional.empty();
    }

    private static boolean allows(Combination combination, Basis basis) {
        for (Dimension dimension : Dimension.ALL) {
            if (!dimension.allows(combination, basis)) {
                return false;
            }
        }
        return true;
    }

    private static Derived.@Nullable Code code(@Nullable String code, Map<String, String> names) {
        return code == null ? null : new Derived.Code(code, names.get(code));
    }
}
