package eu.diplomatics.taxonomy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.DomainEvent.TaxonomyEntryListed;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.TaxonomyChanges;
import eu.diplomatics.qualification.TaxonomyChanges.Listed;
import eu.diplomatics.qualification.TaxonomyChanges.Noted;
import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.qualification.TaxonomyEntry.Link;
import eu.diplomatics.qualification.TaxonomyJson;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** R04: the taxonomy as data with history, laid over what a file says. */
class TaxonomyChangesTest {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(QualificationJson.module()).build();
    private static final Taxonomy FILE = Taxonomy.current();
    /** Awarded on 28 June 2019. */
    private static final Basis MASTER = Examples.master();

    private static TaxonomyEntry degree(String code, @Nullable String closedFrom) {
        return new TaxonomyEntry("degree", code, null, day(closedFrom), List.of());
    }

    private static TaxonomyEntry field(String code, @Nullable String closedFrom) {
        return new TaxonomyEntry("iscedField1997", code, "A field", day(closedFrom), List.of());
    }

    private static TaxonomyEntry subject(String code, @Nullable String closedFrom, String... links) {
        return new TaxonomyEntry(
                "subject",
                code,
                "A subject",
                day(closedFrom),
                links.length == 0
                        ? List.of()
                        : List.of(
                                new Link("iscedField1997", List.of(links[0])),
                                new Link("iscedField2013", List.of(links[1]))));
    }

    private static @Nullable LocalDate day(@Nullable String text) {
        return text == null ? null : LocalDate.parse(text);
    }

    private static TaxonomyEntry closed(TaxonomyEntry entry, String from) {
        return new TaxonomyEntry(entry.list(), entry.code(), entry.name(), day(from), entry.links());
    }

    private static List<Noted> noted(TaxonomyEntry... entries) {
        return Arrays.stream(entries)
                .map(entry -> new Noted(new TaxonomyEntryListed(entry), "controller:led", "because", Instant.EPOCH))
                .toList();
    }

    private static Taxonomy after(TaxonomyEntry... entries) {
        return FILE.with(TaxonomyChanges.of(noted(entries)));
    }

    private static Basis awardedOn(String date) {
        return changed("awardedOn", date);
    }

    private static Basis changed(String field, String value) {
        return MAPPER.treeToValue(((ObjectNode) MAPPER.valueToTree(MASTER)).put(field, value), Basis.class);
    }

    private static Basis ofSubject(String code) {
        ObjectNode tree = MAPPER.valueToTree(MASTER);
        ((ObjectNode) tree.get("subject")).put("code", code);
        return MAPPER.treeToValue(tree, Basis.class);
    }

    private static List<Rejection> check(Taxonomy taxonomy, Basis basis) {
        return taxonomy.check(basis, Mode.STRICT).rejections();
    }

    @ParameterizedTest
    @CsvSource({
        "2019-06-28, true",
        "2019-06-29, true",
        "2019-06-27, false",
        // a day of it was before
        "2019-06, false",
        "2019, false",
        "2019-07, true",
        "2020, true"
    })
    void what_was_closed_counts_for_what_can_have_been_awarded_before(String awardedOn, boolean refused) {
        Taxonomy taxonomy = after(degree("Master", "2019-06-28"));
        Basis basis = awardedOn(awardedOn);
        if (refused) {
            assertThat(check(taxonomy, basis))
                    .extracting(Rejection::code, Rejection::pointer)
                    .containsExactly(tuple(RejectionCode.VALUE_CLOSED, "/basis/degree"));
            assertThat(taxonomy.check(basis, Mode.LEGACY))
                    .isEqualTo(new TaxonomyCheck(List.of(), List.of("/basis/degree")));
        } else {
            assertThat(check(taxonomy, basis)).isEmpty();
        }
    }

    @Test
    void what_was_closed_is_opened_again_by_its_next_version() {
        assertThat(check(after(degree("Master", "2019-06-28"), degree("Master", null)), MASTER))
                .isEmpty();
    }

    @Test
    void countries_and_languages_are_closed_and_added_as_other_values_are() {
        assertThat(check(
                        after(
                                new TaxonomyEntry("country", "BEL", null, day("2000-01-01"), List.of()),
                                new TaxonomyEntry("language", "nld", null, day("2000-01-01"), List.of())),
                        MASTER))
                .extracting(Rejection::code, Rejection::pointer)
                .containsExactly(
                        tuple(RejectionCode.VALUE_CLOSED, "/basis/country"),
                        tuple(RejectionCode.VALUE_CLOSED, "/basis/language"));
        Basis unknown = changed("language", "qqq");
        assertThat(check(FILE, unknown)).isNotEmpty();
        assertThat(check(after(new TaxonomyEntry("language", "qqq", null, null, List.of())), unknown))
                .isEmpty();
    }

    @Test
    void a_combination_that_was_closed_fits_what_was_awarded_before_only() {
        TaxonomyEntry[] closed = FILE.entries(TaxonomyList.COMBINATION).stream()
                .map(entry -> closed(entry, "2019-06-28"))
                .toArray(TaxonomyEntry[]::new);
        Taxonomy taxonomy = after(closed);
        assertThat(check(taxonomy, MASTER))
                .extracting(Rejection::code)
                .containsExactly(RejectionCode.COMBINATION_NOT_ALLOWED);
        assertThat(taxonomy.derive(MASTER).eqf()).isNull();
        Basis before = awardedOn("2019-06-27");
        assertThat(check(taxonomy, before)).isEmpty();
        assertThat(taxonomy.derive(before).eqf()).isEqualTo(7);
    }

    @Test
    void what_is_added_is_accepted_and_derived_from_under_a_version_of_its_own() {
        Basis basis = ofSubject("999001");
        assertThat(check(FILE, basis)).extracting(Rejection::pointer).containsExactly("/basis/subject/code");
        Taxonomy taxonomy = after(subject("999001", null, "312", "0314"));
        assertThat(check(taxonomy, basis)).isEmpty();
        assertThat(taxonomy.derive(basis).iscedField1997())
                .isEqualTo(new Derived.Code("312", "Sociologie en cultuurwetenschappen"));
        assertThat(taxonomy.derive(basis).taxonomyVersion()).isEqualTo(FILE.version() + "+1");
    }

    @Test
    void what_nobody_changed_stays_as_the_file_says_and_in_its_place() {
        List<TaxonomyEntry> combinations = FILE.entries(TaxonomyList.COMBINATION);
        TaxonomyEntry first = combinations.getFirst();
        Taxonomy taxonomy = after(closed(first, "2030-01-01"), degree("Zevende graad", null));
        assertThat(taxonomy.entries(TaxonomyList.COMBINATION))
                .extracting(TaxonomyEntry::code)
                .containsExactlyElementsOf(
                        combinations.stream().map(TaxonomyEntry::code).toList());
        assertThat(taxonomy.entries(TaxonomyList.COMBINATION).subList(1, combinations.size()))
                .isEqualTo(combinations.subList(1, combinations.size()));
        assertThat(taxonomy.entries(TaxonomyList.DEGREE))
                .hasSize(FILE.entries(TaxonomyList.DEGREE).size() + 1)
                .last()
                .isEqualTo(degree("Zevende graad", null));
        assertThat(taxonomy.derive(MASTER))
                .usingRecursiveComparison()
                .ignoringFields("taxonomyVersion")
                .isEqualTo(FILE.derive(MASTER));
        assertThat(FILE.with(TaxonomyChanges.of(List.of()))).isSameAs(FILE);
    }

    @Test
    void what_an_entry_names_has_to_be_there_and_not_end_before_it() {
        assertThat(FILE.refusals(TaxonomyList.SUBJECT, subject("999001", null, "312", "0314")))
                .isEmpty();
        assertThat(refusals(FILE, subject("999001", null)))
                .containsExactly("FIELD_REQUIRED /links/iscedField1997", "FIELD_REQUIRED /links/iscedField2013");
        assertThat(refusals(FILE, subject("999001", null, "9999", "0314")))
                .containsExactly("VALUE_NOT_IN_TAXONOMY /links/iscedField1997/0");
        Taxonomy taxonomy = after(field("9998", "2020-01-01"));
        assertThat(refusals(taxonomy, subject("999001", null, "9998", "0314")))
                .containsExactly("VALUE_CLOSED /links/iscedField1997/0");
        assertThat(refusals(taxonomy, subject("999001", "2020-01-02", "9998", "0314")))
                .containsExactly("VALUE_CLOSED /links/iscedField1997/0");
        assertThat(refusals(taxonomy, subject("999001", "2020-01-01", "9998", "0314")))
                .isEmpty();
    }

    @Test
    void what_others_follow_from_is_not_closed_before_them() {
        Taxonomy open = after(field("9998", null), subject("999001", null, "9998", "0314"));
        assertThat(refusals(open, field("9998", "2020-01-01"))).containsExactly("VALUE_IN_USE /closedFrom");
        Taxonomy ending = after(field("9998", null), subject("999001", "2020-01-01", "9998", "0314"));
        assertThat(refusals(ending, field("9998", "2019-12-31"))).containsExactly("VALUE_IN_USE /closedFrom");
        assertThat(refusals(ending, field("9998", "2020-01-01"))).isEmpty();
        assertThat(refusals(FILE, degree("Master", "2020-01-01")))
                .as("a combination goes on with its other degrees")
                .isEmpty();
    }

    @Test
    void a_combination_names_what_goes_together_and_one_of_each_level() {
        TaxonomyEntry some = FILE.entries(TaxonomyList.COMBINATION).getFirst();
        assertThat(refusals(FILE, some)).isEmpty();
        assertThat(refusals(FILE, with(some, new Link("country", List.of("*")))))
                .isEmpty();
        assertThat(refusals(FILE, with(some, new Link("country", List.of("BEL", "XXX")))))
                .containsExactly("VALUE_NOT_IN_TAXONOMY /links/country/1");
        assertThat(refusals(
                        FILE,
                        new TaxonomyEntry("combination", "x", null, null, List.of(new Link("eqf", List.of("1", "2"))))))
                .contains("FIELD_REQUIRED /links/category", "MALFORMED /links/eqf");
    }

    private static TaxonomyEntry with(TaxonomyEntry entry, Link link) {
        List<Link> links = new ArrayList<>(entry.links());
        links.add(link);
        return new TaxonomyEntry(entry.list(), "another", entry.name(), null, links);
    }

    private static List<String> refusals(Taxonomy taxonomy, TaxonomyEntry entry) {
        return taxonomy.refusals(TaxonomyList.of(entry.list()).orElseThrow(), entry).stream()
                .map(refusal -> refusal.code() + " " + refusal.pointer())
                .toList();
    }

    @Test
    void a_file_that_the_changes_contradict_is_no_taxonomy() {
        assertThatThrownBy(() -> after(subject("999001", null, "9999", "0314")))
                .isInstanceOf(InvalidTaxonomyException.class);
        assertThatThrownBy(() -> after(new TaxonomyEntry("unheard", "x", null, null, List.of())))
                .isInstanceOf(InvalidTaxonomyException.class);
    }

    @Test
    void each_version_is_counted_for_itself() {
        List<Noted> events =
                noted(degree("Master", "2030-01-01"), subject("999001", null, "312", "0314"), degree("Master", null));
        assertThat(TaxonomyChanges.history(events, "degree", "Master"))
                .extracting(Listed::version, version -> version.entry().closedFrom())
                .containsExactly(tuple(1L, day("2030-01-01")), tuple(2L, null));
        assertThat(TaxonomyChanges.history(events, "kind", "Master")).isEmpty();
        TaxonomyChanges changes = TaxonomyChanges.of(events);
        assertThat(changes.count()).isEqualTo(3);
        assertThat(changes.entry("degree", "Master").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void each_event_is_read_as_it_was_written() {
        EventCodec codec = new EventCodec();
        for (TaxonomyEntry entry : List.of(
                degree("Master", null),
                degree("Master", "2030-01-01"),
                subject("999001", "2030-01-01", "312", "0314"),
                FILE.entries(TaxonomyList.COMBINATION).getFirst())) {
            TaxonomyEntryListed event = new TaxonomyEntryListed(entry);
            byte[] body = codec.encode(
                    new UUID(0, 1), event, new EventMetadata("controller:led", "api", "because", "0".repeat(32)));
            assertThat(codec.decode(event.type(), 1, body).event()).isEqualTo(event);
        }
    }

    @Test
    void every_entry_of_the_file_has_a_code_that_an_address_can_hold() {
        for (TaxonomyList list : TaxonomyList.values()) {
            assertThat(FILE.entries(list)).isNotEmpty().allMatch(entry -> list.accepts(entry.code()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " a", "a ", "a/b", "a\\b", "a;b", "a%20b", "a\u202eb", "..", "*", "Niet beschikbaar"})
    void what_an_address_cannot_hold_is_no_code(String code) {
        assertThat(TaxonomyList.DEGREE.accepts(code)).isFalse();
    }

    @Test
    void codes_of_standards_are_as_those_write_them() {
        assertThat(TaxonomyList.COUNTRY.accepts("BEL")).isTrue();
        assertThat(TaxonomyList.COUNTRY.accepts("bel")).isFalse();
        assertThat(TaxonomyList.LANGUAGE.accepts("nld")).isTrue();
        assertThat(TaxonomyList.LANGUAGE.accepts("nl")).isFalse();
        assertThat(TaxonomyList.EQF_LEVEL.accepts("9")).isFalse();
    }

    @Test
    void what_is_missing_or_unknown_in_JSON_is_named() {
        assertThat(pointers("degree", false, List.of(), "{\"name\":\"x\",\"links\":{},\"closedFrom\":\"2019\"}"))
                .containsExactlyInAnyOrder("/name", "/links", "/closedFrom", "/reason");
        assertThat(pointers(
                        "subject", true, List.of("iscedField1997"), "{\"links\":{\"kind\":[\"x\"]},\"reason\":\"y\"}"))
                .containsExactlyInAnyOrder("/name", "/links/kind");
        assertThat(TaxonomyJson.readEntry(
                                "{\"name\":\"x\",\"closedFrom\":\"2030-01-01\",\"links\":{\"iscedField1997\":[\"1\",\"1\"]},\"reason\":\"y\"}"
                                        .getBytes(UTF_8),
                                Examples.STRICT,
                                "subject",
                                "1",
                                true,
                                List.of("iscedField1997"))
                        .orElseThrow()
                        .entry())
                .isEqualTo(new TaxonomyEntry(
                        "subject", "1", "x", day("2030-01-01"), List.of(new Link("iscedField1997", List.of("1")))));
    }

    private static List<String> pointers(String list, boolean named, List<String> links, String json) {
        return switch (TaxonomyJson.readEntry(json.getBytes(UTF_8), Examples.STRICT, list, "1", named, links)) {
            case Checked.Valid<TaxonomyJson.ListEntry> valid -> List.of();
            case Checked.Invalid<TaxonomyJson.ListEntry>(List<Rejection> rejections) ->
                rejections.stream().map(Rejection::pointer).toList();
        };
    }
}
