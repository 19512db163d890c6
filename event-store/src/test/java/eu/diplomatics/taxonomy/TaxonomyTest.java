package eu.diplomatics.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("The taxonomy (L2.5)")
class TaxonomyTest {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(QualificationJson.module()).build();

    private final Taxonomy taxonomy = Taxonomy.current();

    @Test
    void knows_the_examples_and_what_follows_from_them() {
        assertThat(taxonomy.check(Examples.master(), Mode.STRICT).rejections()).isEmpty();
        assertThat(taxonomy.check(Examples.secondary(), Mode.STRICT).rejections())
                .isEmpty();
        assertThat(taxonomy.derive(Examples.master()))
                .isEqualTo(new Derived(
                        new Derived.Code("312", "Sociologie en cultuurwetenschappen"),
                        new Derived.Code("0314", "Sociology and cultural studies"),
                        new Derived.Code("5A", "Hoger academisch onderwijs"),
                        new Derived.Code("7", "Master's or equivalent level"),
                        new Derived.Code("7", "Niveau 7"),
                        null,
                        7,
                        "2026-1"));
        assertThat(taxonomy.derive(Examples.secondary()))
                .matches(d -> Integer.valueOf(4).equals(d.eqf())
                        && Objects.equals(
                                d.iscedLevel1997(), new Derived.Code("3A", "ASO, TSO en KSO Secundair onderwijs")));
    }

    @Test
    void derives_a_professional_level_for_professional_qualifications() {
        Basis basis = changed(
                Examples.master(),
                b -> b.put("category", "Beroepskwalificaties")
                        .put("degree", "Niveau 4")
                        .put("kind", "Bewijs van beroepskwalificatie")
                        .put("awardingBody", "VDAB"));
        assertThat(taxonomy.check(basis, Mode.STRICT).rejections()).isEmpty();
        assertThat(taxonomy.derive(basis))
                .matches(
                        d -> d.vksEducation() == null && new Derived.Code("4", "Niveau 4").equals(d.vksProfessional()));
    }

    @Test
    void refuses_values_it_does_not_list_each_with_its_place() {
        for (String field : List.of(
                "authenticity",
                "category",
                "degree",
                "educationForm",
                "kind",
                "state",
                "awardingBody",
                "schoolType",
                "finality",
                "country",
                "language")) {
            Basis basis = changed(Examples.master(), b -> b.put(field, "DiplomaXYZ"));
            assertThat(taxonomy.check(basis, Mode.STRICT).rejections())
                    .extracting(Rejection::code, Rejection::pointer)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(
                            RejectionCode.VALUE_NOT_IN_TAXONOMY, "/basis/" + field));
            assertThat(taxonomy.check(basis, Mode.LEGACY))
                    .isEqualTo(new TaxonomyCheck(List.of(), List.of("/basis/" + field)));
        }
    }

    @Test
    void refuses_what_does_not_go_together() {
        Map<String, String> wrong = Map.of(
                "degree",
                "3de graad",
                "educationForm",
                "ASO",
                "kind",
                "Getuigschrift",
                "state",
                "Tussenbewijs",
                "awardingBody",
                "Secundaire school",
                "schoolType",
                "Gewoon",
                "finality",
                "Dubbele finaliteit",
                "country",
                "AUS");
        wrong.forEach((field, value) -> {
            Basis basis = changed(Examples.master(), b -> b.put(field, value));
            assertThat(taxonomy.check(basis, Mode.STRICT).rejections())
                    .extracting(Rejection::code, Rejection::pointer)
                    .as(field)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(
                            RejectionCode.COMBINATION_NOT_ALLOWED, "/basis/" + field));
            assertThat(taxonomy.check(basis, Mode.LEGACY).unlisted()).containsExactly("/basis/" + field);
        });
    }

    @Test
    void lets_a_recognised_foreign_degree_come_from_anywhere_even_from_states_that_are_no_more() {
        UnaryOperator<ObjectNode> recognised =
                b -> b.put("kind", "Gelijkwaardigheid").put("awardingBody", "NARIC Vlaanderen");
        for (String country : List.of("AUS", "SUN", "YUG", "BEL")) {
            Basis basis = changed(Examples.master(), b -> recognised.apply(b).put("country", country));
            assertThat(taxonomy.check(basis, Mode.STRICT).rejections())
                    .as(country)
                    .isEmpty();
        }
    }

    @Test
    void takes_what_is_not_known_only_from_legacy_records() {
        Stream<UnaryOperator<ObjectNode>> unknown = Stream.of(
                b -> b.put("fullName", "Niet beschikbaar"),
                b -> b.put("awardingBody", "Niet beschikbaar"),
                b -> b.put("country", "Niet beschikbaar"),
                b -> b.put("awardedOn", "1800-01-01"),
                b -> {
                    ((ObjectNode) b.get("institution")).put("name", "Niet beschikbaar");
                    return b;
                },
                b -> {
                    ((ObjectNode) b.get("institution")).remove("number");
                    return b;
                });
        unknown.forEach(change -> {
            Basis basis = changed(Examples.master(), change);
            assertThat(taxonomy.check(basis, Mode.STRICT).rejections())
                    .extracting(Rejection::code)
                    .containsExactly(RejectionCode.VALUE_NOT_IN_TAXONOMY);
            assertThat(taxonomy.check(basis, Mode.LEGACY).rejections()).isEmpty();
            assertThat(taxonomy.check(basis, Mode.LEGACY).unlisted()).hasSize(1);
        });
    }

    @Test
    void has_codes_of_ISO_3166_and_ISO_639_in_their_own_letter_case_only() {
        assertThat(List.of("BEL", "NLD", "AUS", "SUN")).allMatch(CodeList.COUNTRIES.codes()::contains);
        assertThat(List.of("bel", "BE", "XXX", "BELGIË", "")).noneMatch(CodeList.COUNTRIES.codes()::contains);
        assertThat(List.of("nld", "fra", "eng", "vls", "sgn", "aaa"))
                .filteredOn(CodeList.LANGUAGES.codes()::contains)
                .containsExactly("nld", "fra", "eng", "vls", "aaa");
        assertThat(List.of("NLD", "nl", "dut", "xyz0")).noneMatch(CodeList.LANGUAGES.codes()::contains);
    }

    @Test
    void covers_the_fields_and_levels_of_the_public_tables() {
        TaxonomyFile file = taxonomy.file();
        assertThat(file.iscedFields2013().keySet().stream().filter(code -> code.length() == 2))
                .hasSize(12);
        assertThat(file.iscedFields2013().keySet().stream().filter(code -> code.length() == 4))
                .allMatch(code -> file.iscedFields2013().containsKey(code.substring(0, 3))
                        && file.iscedFields2013().containsKey(code.substring(0, 2)));
        assertThat(file.iscedLevels2011().keySet()).hasSize(9);
        assertThat(file.vksLevels()).hasSize(8);
    }

    @Test
    void has_no_combination_that_an_earlier_one_hides() {
        List<TaxonomyFile.Combination> all = taxonomy.file().combinations();
        for (int i = 0; i < all.size(); i++) {
            TaxonomyFile.Combination later = all.get(i);
            assertThat(all.subList(0, i)).as(later.name()).noneMatch(earlier -> hides(earlier, later));
        }
    }

    @Test
    void that_contradicts_itself_is_not_loaded() {
        assertThatThrownBy(() -> Taxonomy.read(
                        new ByteArrayInputStream("{\"version\":\"x\",\"extra\":1}".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(InvalidTaxonomyException.class);
        ObjectNode broken = (ObjectNode) MAPPER.valueToTree(taxonomy.file());
        ((ObjectNode) broken.get("combinations").get(0)).putArray("kind").add("Oorkonde");
        assertThatThrownBy(() -> Taxonomy.read(new ByteArrayInputStream(MAPPER.writeValueAsBytes(broken))))
                .isInstanceOf(InvalidTaxonomyException.class)
                .hasMessageContaining("Oorkonde");
    }

    private static boolean hides(TaxonomyFile.Combination earlier, TaxonomyFile.Combination later) {
        return earlier.category().containsAll(later.category())
                && earlier.degree().containsAll(later.degree())
                && earlier.educationForm().containsAll(later.educationForm())
                && earlier.kind().containsAll(later.kind())
                && earlier.state().containsAll(later.state())
                && earlier.awardingBody().containsAll(later.awardingBody())
                && earlier.schoolType().containsAll(later.schoolType());
    }

    private static Basis changed(Basis basis, UnaryOperator<ObjectNode> change) {
        return MAPPER.treeToValue(change.apply((ObjectNode) MAPPER.valueToTree(basis)), Basis.class);
    }
}
