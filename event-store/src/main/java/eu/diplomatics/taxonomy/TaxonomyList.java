package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.TaxonomyEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The lists of the taxonomy, and what their entries are. */
public enum TaxonomyList {
    AUTHENTICITY("authenticity"),
    CATEGORY("category"),
    DEGREE("degree"),
    EDUCATION_FORM("educationForm"),
    KIND("kind"),
    STATE("state"),
    AWARDING_BODY("awardingBody"),
    SCHOOL_TYPE("schoolType"),
    FINALITY("finality"),
    ALTERNATIVE_ROLE("alternativeRole"),
    INFORMATION_NAME("informationName"),
    /** ISO 3166-1 alpha-3, with the codes of states that are no more. */
    COUNTRY("country", "[A-Z]{3}", false),
    /** ISO 639-3. */
    LANGUAGE("language", "[a-z]{3}", false),
    /** Of the European Qualifications Framework: there are eight. */
    EQF_LEVEL("eqfLevel", "[1-8]", false),
    ISCED_LEVEL_1997("iscedLevel1997", "[0-9A-Z]{1,4}", true),
    ISCED_LEVEL_2011("iscedLevel2011", "[0-9A-Z]{1,4}", true),
    VKS_LEVEL("vksLevel", "[0-9A-Z]{1,4}", true),
    ISCED_FIELD_1997("iscedField1997", "[0-9]{1,4}", true),
    ISCED_FIELD_2013("iscedField2013", "[0-9]{1,4}", true),
    SUBJECT("subject", "[0-9]{1,10}", true),
    /** Values that go together, and the levels that follow; the first that fits, in the order of the list, gives them. */
    COMBINATION("combination");

    private static final List<LinkRule> OF_SUBJECTS = List.of(
            new LinkRule("iscedField1997", ISCED_FIELD_1997, true, false),
            new LinkRule("iscedField2013", ISCED_FIELD_2013, true, false));

    private static final List<LinkRule> OF_COMBINATIONS = List.of(
            new LinkRule("category", CATEGORY, true, true),
            new LinkRule("degree", DEGREE, true, true),
            new LinkRule("educationForm", EDUCATION_FORM, true, true),
            new LinkRule("kind", KIND, true, true),
            new LinkRule("state", STATE, true, true),
            new LinkRule("awardingBody", AWARDING_BODY, true, true),
            new LinkRule("schoolType", SCHOOL_TYPE, true, true),
            new LinkRule("finality", FINALITY, false, true),
            new LinkRule("country", COUNTRY, false, true),
            new LinkRule("iscedLevel1997", ISCED_LEVEL_1997, false, false),
            new LinkRule("iscedLevel2011", ISCED_LEVEL_2011, false, false),
            new LinkRule("vksEducation", VKS_LEVEL, false, false),
            new LinkRule("vksProfessional", VKS_LEVEL, false, false),
            new LinkRule("eqf", EQF_LEVEL, false, false));

    /** In the place of countries: anywhere. */
    static final String ANYWHERE = "*";

    private final String label;
    private final Pattern code;
    private final boolean named;

    TaxonomyList(String label) {
        this(label, ".*", false);
    }

    TaxonomyList(String label, String code, boolean named) {
        this.label = label;
        this.code = Pattern.compile(code);
        this.named = named;
    }

    /**
     * What entries of a list may name.
     *
     * @param to the list in which what they name stands
     * @param many whether they may name more than one
     */
    public record LinkRule(String name, TaxonomyList to, boolean required, boolean many) {
        /** Whether a code needs no entry. */
        boolean isAny(String given) {
            return to == COUNTRY && given.equals(ANYWHERE);
        }
    }

    /** The list of this name. */
    public static Optional<TaxonomyList> of(String label) {
        return Arrays.stream(values()).filter(list -> list.label.equals(label)).findFirst();
    }

    /** Its name in the API and in events. */
    public String label() {
        return label;
    }

    /** Whether its entries have a name beside their code; else the code is the value. */
    public boolean isNamed() {
        return named;
    }

    /** What its entries may name, in the order in which it is kept. */
    public List<LinkRule> links() {
        return switch (this) {
            case SUBJECT -> OF_SUBJECTS;
            case COMBINATION -> OF_COMBINATIONS;
            default -> List.of();
        };
    }

    /** Whether an entry of this list can have this code. */
    public boolean accepts(String text) {
        return TaxonomyEntry.isCode(text)
                && code.matcher(text).matches()
                && !text.equals(ANYWHERE)
                && !text.equals(Taxonomy.NOT_AVAILABLE);
    }
}
