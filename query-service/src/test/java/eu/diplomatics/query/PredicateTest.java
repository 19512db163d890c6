package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** R24: yes or no where that is enough, and nothing beside it. The person is a master in sociology of 28 June 2019. */
class PredicateTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final Insz insz = Deliveries.person();
    private final Registered registered = fixture.registry().register(insz);

    @BeforeEach
    void awaitPerson() {
        await(registered);
    }

    private void await(Registered known) {
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, known.place().position());
    }

    private Answer ask(String question, String... headers) {
        return query.post(
                "/v1/predicates",
                "{\"insz\":\"" + insz.digits() + "\",\"question\":" + question + "}",
                headers.length == 0 ? RunningQuery.agency() : headers);
    }

    private boolean holds(String question) {
        Answer answer = ask(question);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("answer").asBoolean();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":7}' | true",
                "'\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":8}' | false",
                "'\"levelAtLeast\":{\"framework\":\"ISCED_2011\",\"level\":6}' | true",
                "'\"levelAtLeast\":{\"framework\":\"VKS\",\"level\":8}' | false",
                "'\"field\":\"0314\"' | true",
                "'\"field\":\"03\"' | true",
                "'\"field\":\"0913\"' | false",
                "'\"levelAtLeast\":{\"framework\":\"VKS\",\"level\":7},\"field\":\"0314\"' | true",
                "'\"levelAtLeast\":{\"framework\":\"VKS\",\"level\":7},\"field\":\"0913\"' | false"
            })
    void isAnsweredByLevelAndField(String asked, boolean expected) {
        assertThat(holds("{" + asked + ",\"on\":\"2026-01-01\"}")).isEqualTo(expected);
    }

    @Test
    void isNoBeforeTheDayOfTheAward() {
        assertThat(holds("{\"field\":\"0314\",\"on\":\"2019-06-27\"}")).isFalse();
        assertThat(holds("{\"field\":\"0314\",\"on\":\"2019-06-28\"}")).isTrue();
    }

    @Test
    void aYesThatRestsOnDisputedRecordsOnlySaysSo() {
        String question = "{\"field\":\"0314\",\"on\":\"2026-01-01\"}";
        assertThat(ask(question).json().has("disputed")).isFalse();
        await(fixture.registry().dispute(registered.reference()));
        JsonNode yes = ask(question).json();
        assertThat(yes.path("answer").asBoolean()).isTrue();
        assertThat(yes.path("disputed").asBoolean()).isTrue();
        assertThat(ask("{\"field\":\"0913\",\"on\":\"2026-01-01\"}").json().has("disputed"))
                .isFalse();
        await(fixture.registry().register(insz));
        assertThat(ask(question).json().has("disputed"))
                .as("another one stands")
                .isFalse();
    }

    @Test
    void isNoOfWhatWasAnnulledAndYesAgainOfWhatWasReinstated() {
        await(fixture.registry().annul(registered.reference()));
        assertThat(holds("{\"field\":\"0314\",\"on\":\"2026-01-01\"}")).isFalse();
        await(fixture.registry().reinstate(registered.reference()));
        assertThat(holds("{\"field\":\"0314\",\"on\":\"2026-01-01\"}")).isTrue();
    }

    @Test
    void hasNothingBesideTheAnswerAndTheQuestionIsLogged() {
        JsonNode answer =
                ask("{\"field\":\"0314\",\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":6},\"on\":\"2026-01-01\"}")
                        .json();
        assertThat(answer.propertyNames()).containsExactlyInAnyOrder("answer", "freshAsOf", "accessLogId");
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("operation").asString()).isEqualTo("PREDICATE");
        assertThat(row.path("question").asString()).isEqualTo("level>=EQF:6 field=0314 on=2026-01-01");
        assertThat(row.path("outcome").asString()).isEqualTo("TRUE");
        assertThat(row.path("disclosed").size()).isZero();
    }

    @Test
    void aboutNobodyIsAnsweredAsAboutSomebodyWithoutAndIsLogged() {
        long before = fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
        String nobody = Deliveries.person().digits();
        Answer answer = query.post(
                "/v1/predicates",
                "{\"insz\":\"" + nobody + "\",\"question\":{\"field\":\"03\",\"on\":\"2026-01-01\"}}",
                RunningQuery.agency());
        assertThat(answer.json().path("answer").asBoolean(true)).isFalse();
        assertThat(answer.json().propertyNames()).containsExactlyInAnyOrder("answer", "freshAsOf", "accessLogId");
        assertThat(fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry"))
                .isEqualTo(before + 1);
    }

    @Test
    void isAllThatAMandateForItAllows() {
        String agency = "agency-" + UUID.randomUUID();
        fixture.registry().grant(Examples.mandate(agency, "licence", List.of(Question.PREDICATE), new Quota(100, 100)));
        String[] asking = RunningQuery.agency();
        asking[1] = "agency:" + agency;
        asking[3] = "licence";
        Deliveries.eventually()
                .until(() -> query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", asking)
                        .code()
                        .equals("NOT_IN_MANDATE"));
        assertThat(ask("{\"field\":\"03\",\"on\":\"2026-01-01\"}", asking)
                        .json()
                        .path("answer")
                        .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{\"on\":\"2026-01-01\"}' | FIELD_REQUIRED",
                "'{\"field\":\"03\"}' | FIELD_REQUIRED",
                "'{\"field\":\"3\",\"on\":\"2026-01-01\"}' | MALFORMED",
                "'{\"field\":\"03\",\"on\":\"2026-02-30\"}' | MALFORMED",
                "'{\"levelAtLeast\":{\"framework\":\"HEDS\",\"level\":1},\"on\":\"2026-01-01\"}' | MALFORMED",
                "'{\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":9},\"on\":\"2026-01-01\"}' | MALFORMED",
                "'{\"name\":\"x\",\"field\":\"03\",\"on\":\"2026-01-01\"}' | UNKNOWN_FIELD"
            })
    void isRefusedWhereItIsNoQuestion(String question, String code) {
        assertThat(ask(question).code()).isEqualTo(code);
    }
}
