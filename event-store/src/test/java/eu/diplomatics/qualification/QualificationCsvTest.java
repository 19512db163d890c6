package eu.diplomatics.qualification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A row of a CSV file")
class QualificationCsvTest {
    private static final Map<String, String> ROW = Map.ofEntries(
            Map.entry("supplierReference", "A-1"),
            Map.entry("holder.insz", Examples.insz(1).digits()),
            Map.entry("authenticity", "Authentiek"),
            Map.entry("category", "Hoger onderwijs"),
            Map.entry("degree", "Master"),
            Map.entry("educationForm", "Niet van toepassing"),
            Map.entry("kind", "Diploma"),
            Map.entry("state", "Eindbewijs"),
            Map.entry("awardingBody", "Universiteit"),
            Map.entry("subject.code", "312002"),
            Map.entry("subject.name", "Sociologie"),
            Map.entry("awardedOn", "2019-06-28"),
            Map.entry("fullName", "Master of Science in de sociologie"),
            Map.entry("country", "BEL"),
            Map.entry("language", "nld"),
            Map.entry("institution.name", "Katholieke Universiteit Leuven"),
            Map.entry("institution.number", "110131"),
            Map.entry("schoolType", "Niet van toepassing"),
            Map.entry("fieldOfStudy.name", "Sociologie"),
            Map.entry("fieldOfStudy.code", "10010"),
            Map.entry("specialisation.name", ""),
            Map.entry(
                    "additionalInformation",
                    "[{\"name\":\"Bewijs omschrijving\",\"content\":\"Master of Science in de sociologie\"}]"));

    @Test
    void is_the_same_registration_as_in_JSON() {
        assertThat(QualificationCsv.read(ROW, Examples.STRICT).orElseThrow())
                .isEqualTo(new RegistrationRequest("A-1", Examples.holder(1), Examples.master(), null));
    }

    @Test
    void may_call_its_columns_by_their_full_path() {
        Map<String, String> row = new HashMap<>(ROW);
        row.put("basis.subject.code", row.remove("subject.code"));
        assertThat(QualificationCsv.read(row, Examples.STRICT)).isEqualTo(QualificationCsv.read(ROW, Examples.STRICT));
    }

    @Test
    void has_whole_numbers_and_truth_values_as_text() {
        assertThat(QualificationCsv.read(with("adultEducationHours", "120", "viaRecognition", "true"), Examples.STRICT)
                        .orElseThrow()
                        .basis())
                .matches(b -> Integer.valueOf(120).equals(b.adultEducationHours())
                        && Boolean.TRUE.equals(b.viaRecognition()));
        assertThat(problems(with("adultEducationHours", "1.5", "viaRecognition", "ja")))
                .containsExactlyInAnyOrder("MALFORMED adultEducationHours", "MALFORMED viaRecognition");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "@SUM(A1)",
                "\tx",
                " =cmd",
                "+1+cmd|' /C calc'!A0",
                "-2+3+cmd|' /C calc'!A0",
                "-(1)",
                "+\"x\"",
                "＝1+1"
            })
    void is_refused_with_a_formula_in_any_column(String cell) {
        assertThat(problems(with("fullName", cell))).containsExactly("ILLEGAL_CHARACTER fullName");
        assertThat(problems(with("subject.name", cell))).containsExactly("ILLEGAL_CHARACTER subject.name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+32 16 32 40 10", "-", "-5", "+ 1 jaar", "- Latijn", "A=B", "x@y", "Se-n-Se (7de jaar)"})
    void keeps_a_text_that_only_looks_like_one(String cell) {
        assertThat(QualificationCsv.read(with("fullName", cell), Examples.STRICT)
                        .orElseThrow()
                        .basis()
                        .fullName())
                .isEqualTo(cell);
    }

    @Test
    void gets_its_errors_by_column() {
        assertThat(problems(with(
                        "holder.insz",
                        "90722501083",
                        "subject.code",
                        "",
                        "additionalInformation",
                        "[{\"name\":\"x\"}]")))
                .containsExactlyInAnyOrder(
                        "INSZ_CHECKSUM holder.insz",
                        "FIELD_REQUIRED subject.code",
                        "FIELD_REQUIRED additionalInformation");
        assertThat(problems(with(
                        "alternativeBodies",
                        "x",
                        "additionalInformation",
                        "[{\"name\":\"a\",\"name\":\"a\",\"content\":\"c\"}]")))
                .containsExactlyInAnyOrder("MALFORMED alternativeBodies", "DUPLICATE_KEY additionalInformation");
        assertThat(problems(Map.of("supplierReference", "A")))
                .contains("FIELD_REQUIRED holder.familyName", "FIELD_REQUIRED subject", "FIELD_REQUIRED fullName");
    }

    @Test
    void has_a_header_of_known_columns_once_each() {
        assertThat(QualificationCsv.checkHeader(QualificationCsv.columns(), Mode.STRICT))
                .isEmpty();
        assertThat(QualificationCsv.checkHeader(
                        Stream.concat(QualificationCsv.columns().stream(), Stream.of("errorCodes"))
                                .toList(),
                        Mode.STRICT))
                .isEmpty();
        assertThat(QualificationCsv.checkHeader(List.of("kind", "basis.kind", "sort", "derived.eqf"), Mode.STRICT))
                .extracting(Rejection::code)
                .containsExactly(RejectionCode.DUPLICATE_KEY, RejectionCode.UNKNOWN_FIELD, RejectionCode.UNKNOWN_FIELD);
        assertThat(QualificationCsv.checkHeader(List.of("derived.eqf"), Mode.LEGACY))
                .isEmpty();
    }

    private static Map<String, String> with(String... cells) {
        Map<String, String> row = new HashMap<>(ROW);
        for (int i = 0; i < cells.length; i += 2) {
            row.put(cells[i], cells[i + 1]);
        }
        return row;
    }

    private static List<String> problems(Map<String, String> row) {
        return QualificationCsv.read(row, Examples.STRICT) instanceof Checked.Invalid<?>(List<Rejection> rejections)
                ? rejections.stream()
                        .map(r -> r.code() + " " + QualificationCsv.column(r.pointer()))
                        .toList()
                : List.of();
    }
}
