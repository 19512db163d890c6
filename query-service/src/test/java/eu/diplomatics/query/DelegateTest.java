package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** L04, R05: a parent, guardian or proxy asks for one citizen, in the period the provider vouches for, and the log says so. */
class DelegateTest {
    private static final String CONSULT = "/v1/consultations";
    private static final Insz DELEGATE = Deliveries.person();
    private static final Insz REPRESENTED = Deliveries.person();
    private static final Insz STRANGER = Deliveries.person();

    private static final TestProvider provider = new TestProvider();
    private static final ECKey holder = TestProvider.newKey("holder");
    private static QueryFixture fixture;
    private static RunningQuery query;
    private static UUID theirs;
    private static UUID own;

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        query = fixture.startWithTokensOf(provider);
        theirs = fixture.registry().register(REPRESENTED).reference();
        var last = fixture.registry().register(DELEGATE);
        own = last.reference();
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, last.place().position());
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
        provider.close();
    }

    private static Map<String, Object> delegation(String kind) {
        Instant now = Instant.now();
        return TestProvider.delegation(REPRESENTED.digits(), kind, now.minusSeconds(60), now.plusSeconds(60));
    }

    private static Answer ask(String method, String path, @Nullable String body, Map<String, Object> delegation) {
        return ask(method, path, body, DELEGATE.digits(), delegation);
    }

    private static Answer ask(
            String method, String path, @Nullable String body, String delegate, Map<String, Object> delegation) {
        Instant now = Instant.now();
        String token = provider.token(TestProvider.claims("delegate", delegate, TestProvider.boundTo(holder), now)
                .claim("diplomatics_delegation", delegation)
                .build());
        List<String> headers = new ArrayList<>(List.of("X-Purpose", "own-data", "X-Case", "1", "X-End-User", "u-1"));
        headers.addAll(List.of(
                "Authorization",
                "DPoP " + token,
                "DPoP",
                TestProvider.proof(holder, method, query.base() + path, token, now, claims -> {})));
        if (body != null) {
            headers.addAll(List.of("Content-Type", "application/json"));
        }
        return query.send(method, path, body, headers.toArray(String[]::new));
    }

    private static Answer consult(Insz whom, Map<String, Object> delegation) {
        return ask("POST", CONSULT, "{\"insz\":\"" + whom.digits() + "\"}", delegation);
    }

    private static String asker(JsonNode row) {
        return row.path("caller").asString();
    }

    @Test
    void sees_what_the_represented_sees_and_the_row_tells_the_kind_and_who_it_was_by_pseudonym() {
        Answer answer = consult(REPRESENTED, delegation("parent"));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.json().at("/qualifications/0/reference").asString()).isEqualTo(theirs.toString());
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(asker(row)).matches("DELEGATE:PARENT:01[0-9a-f]{66}");
        assertThat(row.toString()).doesNotContain(DELEGATE.digits(), REPRESENTED.digits());
        String parent = asker(row).replaceAll(".*:", "");

        consult(REPRESENTED, delegation("proxy"));
        assertThat(asker(LoggedRows.newest(fixture)))
                .as("the same person in another kind")
                .isEqualTo("DELEGATE:PROXY:" + parent);
        ask("POST", CONSULT, "{\"insz\":\"" + REPRESENTED.digits() + "\"}", STRANGER.digits(), delegation("guardian"));
        assertThat(asker(LoggedRows.newest(fixture)))
                .as("another person")
                .startsWith("DELEGATE:GUARDIAN:01")
                .doesNotEndWith(parent);
    }

    @Test
    void asks_for_nobody_else_not_even_for_themselves_and_each_refusal_is_logged() {
        for (Insz other : List.of(STRANGER, DELEGATE)) {
            Answer answer = consult(other, delegation("guardian"));
            assertThat(answer.code()).isEqualTo("NOT_ALLOWED");
            JsonNode row = LoggedRows.newest(fixture);
            assertThat(row.path("outcome").asString()).isEqualTo("NOT_ALLOWED");
            assertThat(asker(row)).matches("DELEGATE:GUARDIAN:01[0-9a-f]{66}");
        }
        assertThat(ask("GET", "/v1/qualifications/" + theirs, null, delegation("proxy"))
                        .status())
                .isEqualTo(200);
        assertThat(ask("GET", "/v1/qualifications/" + own, null, delegation("proxy"))
                        .code())
                .isEqualTo("UNKNOWN_REFERENCE");
        String many = "{\"insz\":[\"" + REPRESENTED.digits() + "\"]}";
        assertThat(ask("POST", CONSULT + "/batch", many, delegation("proxy")).code())
                .isEqualTo("NOT_ALLOWED");
    }

    @Test
    void is_refused_out_of_the_period_in_an_unknown_kind_and_when_representing_themselves() {
        Instant now = Instant.now();
        String code = "DELEGATION_NOT_IN_FORCE";
        Answer late = consult(
                REPRESENTED,
                TestProvider.delegation(REPRESENTED.digits(), "proxy", now.minusSeconds(90), now.minusSeconds(1)));
        assertThat(late.status()).isEqualTo(401);
        assertThat(late.code()).isEqualTo(code);
        assertThat(late.header("WWW-Authenticate")).contains("invalid_token");
        assertThat(consult(
                                REPRESENTED,
                                TestProvider.delegation(
                                        REPRESENTED.digits(), "proxy", now.plusSeconds(60), now.plusSeconds(90)))
                        .code())
                .isEqualTo(code);
        assertThat(consult(REPRESENTED, delegation("friend")).code()).isEqualTo("DELEGATION_INVALID");
        assertThat(consult(
                                DELEGATE,
                                TestProvider.delegation(
                                        DELEGATE.digits(), "proxy", now.minusSeconds(60), now.plusSeconds(60)))
                        .code())
                .isEqualTo("DELEGATION_INVALID");
    }
}
