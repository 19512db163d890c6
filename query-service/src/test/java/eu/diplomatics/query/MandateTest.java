package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import eu.diplomatics.sensitivity.Sensitivity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** R24, R30, R36, L04: an agency gets what a mandate in force names, on every path, and nothing without one. */
class MandateTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final String agency = "agency-" + UUID.randomUUID();
    private final Insz insz = Deliveries.person();
    private final Registered registered = fixture.registry().register(insz);

    @BeforeEach
    void awaitPerson() {
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, registered.place().position());
    }

    private String[] asking(String purpose) {
        String[] headers = RunningQuery.agency();
        headers[1] = "agency:" + agency;
        headers[3] = purpose;
        return headers;
    }

    private Answer consult(String purpose) {
        return query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", asking(purpose));
    }

    private String path() {
        return "/v1/qualifications/" + registered.reference();
    }

    /** One of each way to ask. */
    private List<Answer> everyWay(String purpose) {
        return List.of(
                consult(purpose),
                query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", asking(purpose)),
                query.get(path(), asking(purpose)),
                query.get(path() + "/history", asking(purpose)));
    }

    /** Seen within seconds: once it is, what is not granted is refused. */
    private void grant(String purpose, String... fields) {
        fixture.registry().grant(Examples.mandate(agency, purpose, fields));
        awaitGranted(purpose);
    }

    private void awaitGranted(String purpose) {
        Deliveries.eventually()
                .until(() -> consult("never-granted").status() == 403
                        && consult(purpose).status() == 200);
    }

    /** For people, who choose a purpose from a list. */
    @Test
    void anAgencyIsToldWhatItMayAskTodayAndOfNobodyElse() {
        String[] anything = asking("anything");
        JsonNode sample = query.get("/v1/mandates/mine", anything).json().path("mandates");
        assertThat(sample.valueStream().map(each -> each.path("purpose").asString()))
                .as("on a machine for trials, before the first mandate")
                .containsExactly("any");

        fixture.registry().grant(Examples.mandate("another-" + agency, "theirs", "basis"));
        fixture.registry().grant(Examples.mandate(agency, "yes-or-no", List.of(Question.PREDICATE), new Quota(10, 10)));
        fixture.registry().grant(Examples.mandate(agency, "over", "basis"));
        fixture.registry().withdraw(agency, "over");
        grant("grants", "basis.degree");
        long rows = fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
        List<JsonNode> mine = query.get("/v1/mandates/mine", anything)
                .json()
                .path("mandates")
                .valueStream()
                .toList();
        assertThat(mine).extracting(each -> each.path("purpose").asString()).containsExactly("grants", "yes-or-no");
        assertThat(mine.getFirst().path("fields").toString()).isEqualTo("[\"basis.degree\"]");
        assertThat(mine.getFirst().path("legalBasis").asString()).isEqualTo("Decree of 2 July 2010, article 5");
        assertThat(mine.getLast().path("questions").toString()).isEqualTo("[\"PREDICATE\"]");
        assertThat(fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry"))
                .as("about nobody, and in no log")
                .isEqualTo(rows);
    }

    @Nested
    class Fields {
        private static final List<String> ALWAYS = List.of("reference", "version", "state");

        @Test
        void thatTheMandateDoesNotNameAreAbsentOnEveryPath() {
            grant("grants", "basis.degree", "basis.awardedOn", "derived.eqf");
            List<Answer> answers = everyWay("grants");
            for (Answer answer : answers) {
                assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                assertThat(answer.response().body())
                        .doesNotContain(
                                insz.digits(),
                                "\"KUL\"",
                                ":KUL",
                                "ref-" + registered.reference(),
                                "Leuven",
                                "Sociologie");
            }
            List<JsonNode> found = List.of(
                    answers.get(0).json().at("/qualifications/0"),
                    answers.get(1).json().at("/answers/0/qualifications/0"),
                    answers.get(2).json());
            for (JsonNode each : found) {
                List<String> names = new ArrayList<>(each.propertyNames());
                names.removeAll(List.of("freshAsOf", "accessLogId"));
                assertThat(names)
                        .containsAll(ALWAYS)
                        .contains("basis", "derived")
                        .hasSize(5);
                assertThat(each.path("basis").toString())
                        .isEqualTo("{\"degree\":\"Master\",\"awardedOn\":\"2019-06-28\"}");
                assertThat(each.path("derived").toString()).isEqualTo("{\"eqf\":7}");
            }
            assertThat(answers.get(3).json().at("/versions/0").propertyNames())
                    .containsExactlyInAnyOrder("version", "recordedAt", "type", "basis");
        }

        @Test
        void whatIsDisputedSaysSoAlsoWhereTheMandateDoesNotNameIt() {
            grant("grants", "basis.degree");
            Registered disputed = fixture.registry().dispute(registered.reference());
            fixture.relay().publishAll();
            Deliveries.awaitProjected(query, disputed.place().position());
            List<Answer> answers = everyWay("grants");
            for (JsonNode found : List.of(
                    answers.get(0).json().at("/qualifications/0"),
                    answers.get(1).json().at("/answers/0/qualifications/0"),
                    answers.get(2).json())) {
                assertThat(found.has("disputedSince")).isTrue();
                assertThat(found.has("dispute")).isFalse();
            }
            grant("history", "history");
            JsonNode version = everyWay("history").getLast().json().at("/versions/1");
            assertThat(version.path("by").asString()).isEqualTo("supplier:KUL");
            assertThat(version.has("reason")).isFalse();
            grant("dispute", "dispute", "history", "basis");
            assertThat(everyWay("dispute")
                            .getLast()
                            .json()
                            .at("/versions/1/reason")
                            .asString())
                    .isEqualTo("a reason in words");
            assertThat(consult("dispute")
                            .json()
                            .at("/qualifications/0/dispute/reason")
                            .asString())
                    .isEqualTo("a reason in words");
        }

        @Test
        void ofAnObjectThatIsNamedAreAllThere() {
            grant("whole", "basis", "holder");
            JsonNode found = consult("whole").json().at("/qualifications/0");
            assertThat(found.path("holder").path("insz").asString()).isEqualTo(insz.digits());
            assertThat(found.at("/basis/institution/name").asString()).contains("Leuven");
            assertThat(found.has("derived")).isFalse();
        }

        @Test
        void aboveTheClassOfTheMandateAreAbsentAlsoWhereItNamesThem() {
            fixture.registry()
                    .grant(Examples.mandate(
                            agency,
                            "personal",
                            Sensitivity.PERSONAL,
                            List.of(Question.values()),
                            new Quota(100, 100),
                            "basis",
                            "holder",
                            "history"));
            awaitGranted("personal");
            for (Answer answer : everyWay("personal")) {
                assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                assertThat(answer.response().body())
                        .contains("\"degree\"")
                        .doesNotContain(
                                insz.digits(), "educationForm", "schoolType", "\"holder\"", "\"by\"", "\"reason\"");
            }
        }

        @Test
        void ofAnAnswerNameTheVersionOfTheMandateInTheLog() {
            grant("logged", "basis");
            fixture.registry().grant(Examples.mandate(agency, "logged", "derived"));
            Deliveries.eventually()
                    .until(() ->
                            consult("logged").json().at("/qualifications/0").has("derived"));
            assertThat(LoggedRows.newest(fixture).path("mandateVersion").asLong())
                    .isEqualTo(2);
        }
    }

    @Nested
    class Without {
        private void assertRefusedEverywhere(String purpose, String code) {
            for (Answer answer : everyWay(purpose)) {
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.code()).isEqualTo(code);
                assertThat(answer.response().body()).doesNotContain(insz.digits());
                assertThat(LoggedRows.newest(fixture).path("outcome").asString())
                        .isEqualTo(code);
                assertThat(LoggedRows.newest(fixture).path("purpose").asString())
                        .isEqualTo(purpose);
            }
        }

        @Test
        void aMandateForThisPurposeThereIsNoAnswerAndTheRefusalIsLogged() {
            grant("grants", "basis");
            assertRefusedEverywhere("curiosity", "NO_MANDATE");
        }

        @Test
        void aMandateForTheQuestionThereIsNoAnswer() {
            grant("known", "basis");
            fixture.registry()
                    .grant(Examples.mandate(agency, "yes-or-no", List.of(Question.PREDICATE), new Quota(10, 10)));
            Deliveries.eventually().until(() -> consult("yes-or-no").code().equals("NOT_IN_MANDATE"));
            assertRefusedEverywhere("yes-or-no", "NOT_IN_MANDATE");
        }

        @Test
        void aBatchInTheMandateThereIsNoBatch() {
            fixture.registry()
                    .grant(Examples.mandate(
                            agency, "one-by-one", List.of(Question.CONSULT), new Quota(100, 100), "basis"));
            awaitGranted("one-by-one");
            assertThat(everyWay("one-by-one").get(1).code()).isEqualTo("NOT_IN_MANDATE");
        }

        @Test
        void aMandateAnyMoreThereIsNoAnswerWithinSecondsAlsoWhenNothingComesByKafka() {
            grant("short", "basis");
            fixture.registry().withdraw(agency, "short");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> consult("short").status() == 403);
            assertRefusedEverywhere("short", "NO_MANDATE");
        }
    }

    @Test
    void anAgencyWithoutAnyMandateIsAnsweredOnAMachineForTrials() {
        assertThat(consult("whatever").status()).isEqualTo(200);
    }

    @Test
    void theCatalogueIsReadFromTheProjectionWhileTheStoreIsDown() {
        grant("stored", "basis");
        fixture.relay().publishAll();
        Deliveries.awaitSame(fixture);
        fixture.tamper(Database.EVENTSTORE, "REVOKE SELECT ON eventstore.event FROM es_reader");
        try {
            Deliveries.eventually().until(() -> consult("stored").status() == 200);
            assertThat(consult("other").code()).isEqualTo("NO_MANDATE");
        } finally {
            fixture.tamper(Database.EVENTSTORE, "GRANT SELECT ON eventstore.event TO es_reader");
        }
    }

    @Nested
    class A_pseudonym {
        private String of(String other, Insz person) {
            fixture.registry().grant(Examples.mandate(other, "research", "pseudonym"));
            String[] headers = asking("research");
            headers[1] = "agency:" + other;
            String body = "{\"insz\":\"" + person.digits() + "\"}";
            Deliveries.eventually()
                    .until(() -> query.post("/v1/consultations", body, headers)
                            .json()
                            .has("pseudonym"));
            Answer alone = query.post("/v1/consultations", body, headers);
            Answer several = query.post("/v1/consultations/batch", "{\"insz\":[\"" + person.digits() + "\"]}", headers);
            String pseudonym = alone.json().path("pseudonym").asString();
            assertThat(several.json().at("/answers/0/pseudonym").asString()).isEqualTo(pseudonym);
            return pseudonym;
        }

        @Test
        void isTheSameForAnAgencyOnEveryPathAndAnotherForEachOther() {
            String one = of("one-" + agency, insz);
            assertThat(one).matches("[0-9a-f]{64}").isNotEqualTo(of("other-" + agency, insz));
            String[] headers = asking("research");
            headers[1] = "agency:one-" + agency;
            assertThat(query.get(path(), headers).json().path("pseudonym").asString())
                    .isEqualTo(one);
        }

        @Test
        void staysWhenTheNumberIsReplaced() {
            String before = of("one-" + agency, insz);
            Insz next = Deliveries.person();
            Registered later = fixture.registry().register(next);
            long position = fixture.registry()
                    .link(UUID.randomUUID(), LinkKind.NUMBER_REPLACED, registered.holder(), later.holder())
                    .position();
            fixture.relay().publishAll();
            Deliveries.awaitProjected(query, position);
            assertThat(of("one-" + agency, next)).isEqualTo(before);
            assertThat(of("one-" + agency, insz)).isEqualTo(before);
        }

        @Test
        void isInNoAnswerWhoseMandateDoesNotNameIt() {
            grant("plain", "basis");
            assertThat(everyWay("plain"))
                    .allSatisfy(answer -> assertThat(answer.response().body()).doesNotContain("pseudonym"));
        }
    }
}
