package eu.diplomatics.qualification;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("A request in JSON")
class QualificationJsonTest {
    private static final String JSON = Examples.masterJson("A-1", Examples.insz(1));

    @Test
    void is_read_into_the_registration_it_states() {
        assertThat(read(JSON).orElseThrow())
                .isEqualTo(new RegistrationRequest("A-1", Examples.holder(1), Examples.master(), null));
    }

    @Test
    void may_state_a_holder_without_number() {
        String json = JSON.replaceFirst(
                "\\{\"insz\": \"\\d+\"}",
                "{\"familyName\": \"Ó Séaghdha\", \"givenNames\": \"Aoife Máire\", \"birthDate\": \"1988-02\","
                        + " \"localNumber\": \"S-2016-0042\"}");
        assertThat(read(json).orElseThrow().holder()).isEqualTo(Examples.holderWithoutNumber());
    }

    @Test
    void writes_basis_data_as_it_reads_them() {
        JsonMapper mapper =
                JsonMapper.builder().addModule(QualificationJson.module()).build();
        for (Basis basis : List.of(Examples.master(), Examples.secondary())) {
            String json = """
                    {"supplierReference": "A-1", "holder": {"insz": "%s"}, "basis": %s}""".formatted(Examples.insz(1).digits(), mapper.writeValueAsString(basis));
            assertThat(read(json).orElseThrow().basis()).isEqualTo(basis);
            assertThat(json).doesNotContain("null");
        }
    }

    @Nested
    @DisplayName("with something wrong")
    class Wrong {
        @Test
        void is_too_large_when_its_texts_have_together_more_than_64_KiB() {
            assertThat(problems(withInformation(50, "é".repeat(600)))).isEmpty();
            assertThat(problems(withInformation(50, "é".repeat(700)))).containsExactly("RECORD_TOO_LARGE ");
            assertThat(problems(withInformation(50, "e".repeat(700)))).isEmpty();
        }

        private static String withInformation(int count, String content) {
            String items = IntStream.range(0, count)
                    .mapToObj(i -> "{\"name\": \"n%d\", \"content\": \"%s\"}".formatted(i, content))
                    .collect(Collectors.joining(","));
            return JSON.replaceFirst("(?s)\\[.*]", "[" + items + "]");
        }

        @Test
        void gets_all_of_it_reported_with_its_place() {
            String json = JSON.replace("\"country\": \"BEL\",", "")
                    .replace("\"2019-06-28\"", "\"2031-01\"")
                    .replace("\"Sociologie\", \"code\"", "5, \"code\"")
                    .replace("\"kind\"", "\"sort\": 1, \"kind\"")
                    .replace("\"A-1\"", "\"A-1\", \"supplierReference\": \"A-2\"")
                    .replaceAll("(\"insz\": \"\\d{10})\\d", "$1x");
            assertThat(problems(json))
                    .containsExactlyInAnyOrder(
                            "DUPLICATE_KEY /supplierReference",
                            "UNKNOWN_FIELD /basis/sort",
                            "MALFORMED /holder/insz",
                            "DATE_IN_FUTURE /basis/awardedOn",
                            "FIELD_REQUIRED /basis/country",
                            "MALFORMED /basis/fieldOfStudy/name");
        }

        @Test
        void gets_an_absent_object_reported_once() {
            assertThat(problems("{\"supplierReference\": \"A\"}"))
                    .containsExactlyInAnyOrder("FIELD_REQUIRED /holder", "FIELD_REQUIRED /basis");
            assertThat(problems("{\"supplierReference\": \"A\", \"holder\": 1, \"basis\": []}"))
                    .containsExactlyInAnyOrder("MALFORMED /holder", "MALFORMED /basis");
            assertThat(problems("{\"supplierReference\": \"A\", \"holder\": {}, \"basis\": {}}"))
                    .contains(
                            "FIELD_REQUIRED /holder/familyName",
                            "FIELD_REQUIRED /basis/subject",
                            "FIELD_REQUIRED /basis/kind")
                    .doesNotContain("FIELD_REQUIRED /basis/subject/code");
        }

        @Test
        void gets_a_name_that_could_be_a_value_not_repeated() {
            assertThat(problems(JSON.replace("\"kind\"", "\"85073003328\": 1, \"kind\"")))
                    .containsExactly("UNKNOWN_FIELD /basis");
        }

        @Test
        void may_not_state_both_a_number_and_names() {
            assertThat(problems(JSON.replace("{\"insz\"", "{\"familyName\": \"Peeters\", \"insz\"")))
                    .containsExactly("MALFORMED /holder");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "{",
                    "[]",
                    "null",
                    "\"x\"",
                    "{} {}",
                    "{\"a\":01}",
                    "{'a':1}",
                    "{\"a\":NaN}",
                    "{a:1}",
                    "[[[[[[[[[[[[[[[[[[[[[[",
                    "{\"supplierReference\":\"\u0001\"}",
                    "//\n{}"
                })
        void is_malformed_when_it_is_no_JSON_or_no_object(String json) {
            assertThat(problems(json)).containsExactly("MALFORMED ");
        }

        @Test
        void is_malformed_when_it_is_deeper_or_longer_than_any_registration() {
            assertThat(problems("{\"basis\":".repeat(9) + "1" + "}".repeat(9))).containsExactly("MALFORMED ");
            assertThat(problems("{\"basis\":\"" + "x".repeat(QualificationJson.MAX_BYTES) + "\"}"))
                    .containsExactly("MALFORMED ");
            assertThat(problems(JSON.replace("Master of Science in de sociologie", "x".repeat(1001))))
                    .containsExactlyInAnyOrder(
                            "MALFORMED /basis/fullName", "MALFORMED /basis/additionalInformation/0/content");
        }

        @Test
        void is_malformed_in_another_encoding_than_UTF_8() {
            byte[] latin = JSON.replace("de sociologie", "één vak").getBytes(ISO_8859_1);
            assertThat(problems(QualificationJson.readRegistration(latin, Examples.STRICT)))
                    .containsExactly("MALFORMED ");
        }

        @Test
        void is_refused_for_a_replacement_character_that_somebody_wrote_and_not_for_its_encoding() {
            assertThat(problems(JSON.replace("Master of Science in de sociologie", "Master\ufffd")))
                    .containsExactlyInAnyOrder(
                            "ILLEGAL_CHARACTER /basis/fullName",
                            "ILLEGAL_CHARACTER /basis/additionalInformation/0/content");
        }

        @Test
        void has_at_most_a_hundred_reported() {
            StringBuilder fields = new StringBuilder();
            for (char a = 'a'; a <= 'z'; a++) {
                for (char b = 'a'; b <= 'z'; b++) {
                    fields.append("\"x").append(a).append(b).append("\":1,");
                }
            }
            assertThat(problems("{" + fields + JSON.substring(1))).hasSize(100);
        }

        @Test
        void never_has_its_values_echoed() {
            String secret = "Zandloper";
            String json = JSON.replaceAll(": \"[^\"]*\"", ": \"" + secret + "\\\\u202e\"");
            List<Rejection> rejections = ((Checked.Invalid<?>)
                            QualificationJson.readRegistration(json.getBytes(UTF_8), Examples.STRICT))
                    .rejections();
            assertThat(rejections)
                    .hasSizeGreaterThan(10)
                    .noneMatch(r -> r.toString().contains(secret));
        }
    }

    @Nested
    @DisplayName("with text")
    class Texts {
        @Test
        void is_normalised() {
            assertThat(fullName("  Bachelor\\r\\n\\t  in\\tde e\\u0301e\\u0301n  voudige \\n"))
                    .isEqualTo("Bachelor in de één  voudige");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\\u0000",
                    "\\u0007",
                    "\\u007f",
                    "\\u0085",
                    "\\u009f",
                    "\\u202a",
                    "\\u202e",
                    "\\u2066",
                    "\\u2069",
                    "\\u200b",
                    "\\u200d",
                    "\\u200e",
                    "\\u2060",
                    "\\ufeff",
                    "\\u061c",
                    "\\u2028",
                    "\\ud800",
                    "\\udc00",
                    "\\udc00\\ud800",
                    "\\ufffd",
                    "\\uffff",
                    "\\ue000",
                    "\\ud83f\\udfff",
                    "\\udb40\\udc41"
                })
        void is_refused_with_a_character_that_is_not_seen_or_not_defined(String escape) {
            assertThat(problems(JSON.replace(
                            "\"Master of Science in de sociologie\", \"country\"",
                            "\"Ma" + escape + "ster\", \"country\"")))
                    .containsExactly("ILLEGAL_CHARACTER /basis/fullName");
        }

        @Test
        void keeps_the_letters_of_every_script() {
            for (String name : List.of(
                    "Łukasz Żółć",
                    "Ángel Ñuñez",
                    "Σωκράτης",
                    "Ольга",
                    "محمد",
                    "אברהם",
                    "田中 さくら",
                    "𠮷野",
                    "O’Brien–D'Hondt")) {
                assertThat(fullName(name)).isEqualTo(name);
            }
        }

        @Test
        void that_is_blank_is_absent() {
            assertThat(problems(JSON.replace("\"312002\"", "\" \\n\"")))
                    .containsExactly("FIELD_REQUIRED /basis/subject/code");
            assertThat(read(JSON.replace("\"10010\"", "\"\""))
                            .orElseThrow()
                            .basis()
                            .fieldOfStudy())
                    .isEqualTo(new Basis.Detail("Sociologie", null));
        }

        private String fullName(String value) {
            return read(JSON.replace(
                            "\"Master of Science in de sociologie\", \"country\"", "\"" + value + "\", \"country\""))
                    .orElseThrow()
                    .basis()
                    .fullName();
        }
    }

    @Nested
    @DisplayName("in mode legacy")
    class Legacy {
        @Test
        void may_lack_the_institutions_number_and_bring_derived_data() {
            String json = JSON.replace(", \"number\": \"110131\"", "")
                    .replaceFirst(
                            "}}\\s*$", "}, \"derived\": {\"iscedLevel1997\": {\"code\": \"5A\", \"name\": \"x\"}}}");
            assertThat(problems(json))
                    .containsExactlyInAnyOrder("FIELD_REQUIRED /basis/institution/number", "UNKNOWN_FIELD /derived");
            RegistrationRequest request = QualificationJson.readRegistration(json.getBytes(UTF_8), Examples.LEGACY)
                    .orElseThrow();
            assertThat(request.basis().institution().number()).isNull();
            assertThat(request.derived())
                    .isEqualTo(new Derived(
                            null, null, new Derived.Code("5A", "x"), null, null, null, null, Derived.AS_SUPPLIED));
        }
    }

    @Test
    void to_correct_or_to_annul_needs_a_reason() {
        String basis = JSON.substring(JSON.indexOf("\"basis\""), JSON.lastIndexOf('}'));
        assertThat(QualificationJson.readCorrection(
                                ("{" + basis + ", \"reason\": \"typo\"}").getBytes(UTF_8), Examples.STRICT)
                        .orElseThrow())
                .isEqualTo(new CorrectionRequest(Examples.master(), "typo"));
        assertThat(problems(QualificationJson.readCorrection(("{" + basis + "}").getBytes(UTF_8), Examples.STRICT)))
                .containsExactly("FIELD_REQUIRED /reason");
        assertThat(QualificationJson.readState(
                                "{\"reasonCode\": \"FRAUD\", \"reason\": \"court\"}".getBytes(UTF_8), Examples.STRICT)
                        .orElseThrow())
                .isEqualTo(new StateRequest("FRAUD", "court"));
        assertThat(problems(QualificationJson.readState(
                        "{\"reasonCode\": \"no code\", \"reason\": \"\"}".getBytes(UTF_8), Examples.STRICT)))
                .containsExactlyInAnyOrder("MALFORMED /reasonCode", "FIELD_REQUIRED /reason");
    }

    @Test
    void cut_or_changed_anywhere_is_read_or_refused_but_never_fails() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] bytes = JSON.getBytes(UTF_8);
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = java.util.Arrays.copyOf(
                    bytes, random.nextInt(10) == 0 ? random.nextInt(bytes.length) : bytes.length);
            for (int j = random.nextInt(4); j > 0 && changed.length > 0; j--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            assertThat(QualificationJson.readRegistration(changed, Examples.STRICT))
                    .as("seed %d", seed)
                    .isNotNull();
        }
    }

    private static Checked<RegistrationRequest> read(String json) {
        return QualificationJson.readRegistration(json.getBytes(UTF_8), Examples.STRICT);
    }

    private static List<String> problems(String json) {
        return problems(read(json));
    }

    private static List<String> problems(Checked<?> checked) {
        return checked instanceof Checked.Invalid<?>(List<Rejection> rejections)
                ? rejections.stream().map(r -> r.code() + " " + r.pointer()).toList()
                : List.of();
    }

    @Test
    void theReferenceOfARegistrationThatIsWrongElsewhereCanStillBeTold() {
        assertThat(QualificationJson.supplierReference(utf8("{\"supplierReference\":\" a-1 \",\"holder\":7}")))
                .contains("a-1");
        assertThat(QualificationJson.supplierReference(utf8("{\"supplierReference\":\"a\\u202e1\"}")))
                .isEmpty();
        assertThat(QualificationJson.supplierReference(utf8("{\"supplierReference\":[\"a-1\"]}")))
                .isEmpty();
        assertThat(QualificationJson.supplierReference(utf8("{\"supplierReference\":\"a-1\"")))
                .isEmpty();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
