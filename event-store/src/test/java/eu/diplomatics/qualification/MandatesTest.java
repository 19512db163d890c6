package eu.diplomatics.qualification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.DomainEvent.MandateEvent;
import eu.diplomatics.qualification.DomainEvent.MandateGranted;
import eu.diplomatics.qualification.DomainEvent.MandateWithdrawn;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.When;
import eu.diplomatics.qualification.MandateJson.GrantMandate;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Noted;
import eu.diplomatics.sensitivity.Sensitivity;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R04, R24, R30: mandates as data with history, each with a class of its own. */
class MandatesTest {
    private static final UUID ID = new UUID(0, 7);
    private static final Mandate TERMS = Examples.mandate("VDAB", "job-mediation", "basis.degree", "derived");

    private static Noted noted(MandateEvent event) {
        return new Noted(event, "controller:led", "because", Instant.EPOCH);
    }

    @Nested
    class A_catalogue {
        private final List<Noted> events = List.of(
                noted(new MandateGranted(ID, TERMS)),
                noted(new MandateGranted(ID, Examples.mandate("VDAB", "job-mediation", "basis"))),
                noted(new MandateWithdrawn(ID, "VDAB", "job-mediation", "DONE")));

        private Granted after(int changes) {
            return Mandates.of(events.subList(0, changes))
                    .find("VDAB", "job-mediation")
                    .orElseThrow();
        }

        @Test
        void says_what_was_in_force_after_each_change() {
            LocalDate day = LocalDate.of(2026, 11, 23);
            assertThat(after(1).terms()).isEqualTo(TERMS);
            assertThat(after(2).terms().fields()).containsExactly("basis");
            assertThat(after(2).isInForce(day)).isTrue();
            assertThat(after(3).isInForce(day)).isFalse();
            assertThat(after(3).version()).isEqualTo(3);
            assertThat(Mandates.history(events, "VDAB", "job-mediation")).hasSize(3);
            assertThat(Mandates.history(events, "VDAB", "other")).isEmpty();
        }

        @Test
        void knows_an_agency_also_after_its_only_mandate_was_withdrawn() {
            assertThat(Mandates.of(events).knows("VDAB")).isTrue();
            assertThat(Mandates.of(events).knows("VDA")).isFalse();
        }

        @Test
        void refuses_what_cannot_follow() {
            Noted other = noted(new MandateGranted(new UUID(0, 8), TERMS));
            assertThatThrownBy(() -> Mandates.of(List.of(events.getFirst(), other)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Mandates.of(List.of(events.getLast()))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void holds_from_its_first_to_its_last_day() {
        Mandate bounded = new Mandate(
                "a",
                "p",
                "law",
                List.of(Question.PREDICATE),
                List.of(),
                Sensitivity.ORDINARY,
                TERMS.quota(),
                TERMS.citizen(),
                "why",
                "why",
                LocalDate.of(2026, 1, 1),
                LocalDate.of(2026, 12, 31));
        assertThat(bounded.isValidOn(LocalDate.of(2025, 12, 31))).isFalse();
        assertThat(bounded.isValidOn(LocalDate.of(2026, 1, 1))).isTrue();
        assertThat(bounded.isValidOn(LocalDate.of(2026, 12, 31))).isTrue();
        assertThat(bounded.isValidOn(LocalDate.of(2027, 1, 1))).isFalse();
    }

    @Test
    void an_event_reads_as_it_was_written() {
        EventCodec codec = new EventCodec();
        EventMetadata metadata = new EventMetadata("controller:led", "api", "r", "c");
        for (DomainEvent event :
                List.of(new MandateGranted(ID, TERMS), new MandateWithdrawn(ID, "VDAB", "job-mediation", "DONE"))) {
            byte[] bytes = codec.encode(Mandates.STREAM, event, metadata);
            assertThat(codec.decode(event.type(), 1, bytes).event()).isEqualTo(event);
        }
    }

    @Test
    void an_event_of_before_classes_has_the_lowest_that_allows_its_fields() {
        EventCodec codec = new EventCodec();
        EventMetadata metadata = new EventMetadata("controller:led", "api", "r", "c");
        for (var each : Map.of(
                        "basis.degree",
                        Sensitivity.PERSONAL,
                        "holder",
                        Sensitivity.SPECIAL,
                        "basis",
                        Sensitivity.SPECIAL)
                .entrySet()) {
            MandateGranted event = new MandateGranted(ID, Examples.mandate("VDAB", "job-mediation", each.getKey()));
            String written = new String(codec.encode(Mandates.STREAM, event, metadata), UTF_8);
            String before = written.replace("\"sensitivity\":\"SPECIAL\",", "");
            assertThat(before).isNotEqualTo(written);
            MandateGranted read = (MandateGranted)
                    codec.decode(event.type(), 1, before.getBytes(UTF_8)).event();
            assertThat(read.terms().sensitivity()).isEqualTo(each.getValue());
            assertThat(read.terms().withinItsClass())
                    .as("nothing is taken away")
                    .isSameAs(read.terms());
        }
    }

    @Test
    void a_field_that_is_above_the_mandates_class_is_not_answered_and_the_rest_of_its_object_is() {
        Mandate mandate = Examples.mandate(
                "VDAB",
                "job-mediation",
                Sensitivity.PERSONAL,
                List.of(Question.CONSULT),
                TERMS.quota(),
                "basis",
                "derived",
                "holder");
        assertThat(mandate.withinItsClass().fields())
                .contains("basis.degree", "basis.awardedOn", "derived")
                .doesNotContain("basis", "basis.educationForm", "basis.additionalInformation", "holder");
    }

    @Nested
    class A_request {
        private static final String JSON = """
                {"legalBasis":"Decree","questions":["CONSULT","BATCH"],"fields":["basis.degree","holder"],
                 "sensitivity":"SPECIAL","quota":{"perMinute":10,"perDay":100},
                 "citizen":{"sees":"Police","when":"WITHHELD","withheldBy":"Code, art. 5"},
                 "whyNeeded":"n","whyNoYesNo":"y","validFrom":"2026-01-01","reason":"new"}""";

        private static Checked<GrantMandate> read(String json) {
            return MandateJson.read(json.getBytes(UTF_8), Examples.STRICT, "A", "p");
        }

        @Test
        void is_read_whole() {
            Mandate read = read(JSON).orElseThrow().mandate();
            assertThat(read.agency()).isEqualTo("A");
            assertThat(read.questions()).containsExactly(Question.CONSULT, Question.BATCH);
            assertThat(read.fields()).containsExactly("basis.degree", "holder");
            assertThat(read.citizen().when()).isEqualTo(When.WITHHELD);
            assertThat(read.quota().perDay()).isEqualTo(100);
            assertThat(read.sensitivity()).isEqualTo(Sensitivity.SPECIAL);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "\"whyNoYesNo\":\"y\",| '' | FIELD_REQUIRED | /whyNoYesNo",
                    "\"whyNeeded\":\"n\",| '' | FIELD_REQUIRED | /whyNeeded",
                    "\"Decree\"| \" \" | FIELD_REQUIRED | /legalBasis",
                    "\"holder\"| \"insz\" | MALFORMED | /fields",
                    "\"BATCH\"| \"SEARCH\" | MALFORMED | /questions",
                    "[\"CONSULT\",\"BATCH\"]| [\"PREDICATE\"] | MALFORMED | /fields",
                    "[\"CONSULT\",\"BATCH\"]| [\"PREDICATE\",\"FOLLOW\"] | MALFORMED | /fields",
                    "[\"basis.degree\",\"holder\"]| [] | FIELD_REQUIRED | /fields",
                    "\"perDay\":100| \"perDay\":0 | FIELD_REQUIRED | /quota/perDay",
                    ",\"withheldBy\":\"Code, art. 5\"| '' | MALFORMED | /citizen/withheldBy",
                    "WITHHELD| SOMETIMES | MALFORMED | /citizen/when",
                    "2026-01-01| 2026-02-30 | MALFORMED | /validFrom",
                    "SPECIAL| PERSONAL | FIELD_ABOVE_CLASS | /fields/1",
                    "\"sensitivity\":\"SPECIAL\",| '' | FIELD_ABOVE_CLASS | /fields/1",
                    "SPECIAL| ORDINARY | FIELD_ABOVE_CLASS | /sensitivity",
                    "SPECIAL| SECRET | MALFORMED | /sensitivity",
                    "\"reason\"| \"admin\":true,\"reason\" | UNKNOWN_FIELD | /admin"
                })
        void is_refused_where_something_is_missing_or_wrong(String part, String by, RejectionCode code, String at) {
            assertThat(JSON).contains(part);
            assertThat(read(JSON.replace(part, by)))
                    .isInstanceOfSatisfying(
                            Checked.Invalid.class,
                            invalid -> assertThat(invalid.rejections()).anySatisfy(each -> {
                                Rejection rejection = (Rejection) each;
                                assertThat(rejection.code()).isEqualTo(code);
                                assertThat(rejection.pointer()).isEqualTo(at);
                            }));
        }
    }
}
