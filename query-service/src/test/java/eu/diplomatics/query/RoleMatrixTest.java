package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import eu.diplomatics.access.RoleMatrix;
import eu.diplomatics.access.RoleMatrix.Row;
import eu.diplomatics.access.SqlInRequests;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** L04, R24: at every address each role is answered what docs/roles.md says, about themselves and about others. */
class RoleMatrixTest {
    private static final Insz SOMEBODY = Deliveries.person();
    private static final Insz SOMEBODY_ELSE = Deliveries.person();
    private static final String PURPOSE = "matrix";
    private static final String MANDATED = "agency-with";
    private static final String OTHER_AGENCY = "agency-without";

    private static final TestProvider provider = new TestProvider();
    private static final ECKey holder = TestProvider.newKey("holder");
    private static final Map<String, Ask> asks = new HashMap<>();
    private static QueryFixture fixture;
    private static RunningQuery query;

    /** @param letIn what whoever may ask is answered */
    private record Ask(String letIn, String path, @Nullable String body) {}

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        query = fixture.startWithTokensOf(provider);
        UUID reference = fixture.registry().register(SOMEBODY).reference();
        fixture.registry().grant(Examples.mandate(OTHER_AGENCY, "something-else", "basis"));
        long position = fixture.registry()
                .grant(Examples.mandate(MANDATED, PURPOSE, "basis"))
                .position();
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, position);
        String number = "{\"insz\":\"" + SOMEBODY.digits() + "\"";
        get("/error", "404 NOT_FOUND");
        get("/openapi.json", "200");
        get("/v1/readiness", "200");
        get("/v1/keys/inventory", "200");
        get("/v1/keys/audit", "200");
        post("/v1/consultations", number + "}");
        post("/v1/consultations/batch", "{\"insz\":[\"" + SOMEBODY.digits() + "\"]}");
        post("/v1/predicates", number + ",\"question\":{\"field\":\"0314\",\"on\":\"2026-01-01\"}}");
        asks.put("GET /v1/qualifications/{reference}", new Ask("200", "/v1/qualifications/" + reference, null));
        asks.put(
                "GET /v1/qualifications/{reference}/history",
                new Ask("200", "/v1/qualifications/" + reference + "/history", null));
        get("/v1/notices", "200");
        get("/v1/notices/keys", "200");
        post("/v1/notices/acknowledgements", "{\"upTo\":0}");
        get("/v1/mandates/mine", "200");
        get("/v1/access-log/seal", "200");
        post("/v1/cases", number + "}");
        get("/v1/cases", "200");
        asks.put(
                "POST /v1/cases/{id}/closure",
                new Ask("404 UNKNOWN_REFERENCE", "/v1/cases/" + UUID.randomUUID() + "/closure", null));
        get("/v1/access-log/mine", "200");
        post("/v1/access-log/search", number + "}");
        post("/v1/access-log/sample", "{\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-01-02T00:00:00Z\"}");
        asks.put(
                "GET /v1/access-log/statistics",
                new Ask("200", "/v1/access-log/statistics?from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", null));
        // the catalogue is looked at each second
        Deliveries.eventually()
                .until(() -> consult(OTHER_AGENCY).equals("403 NO_MANDATE")
                        && consult(MANDATED).equals("200"));
    }

    private static String consult(String agency) {
        return answered("POST", Objects.requireNonNull(asks.get("POST /v1/consultations")), "agency-system", agency);
    }

    private static void get(String path, String letIn) {
        asks.put("GET " + path, new Ask(letIn, path, null));
    }

    private static void post(String path, String body) {
        asks.put("POST " + path, new Ask("200", path, body));
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
        provider.close();
    }

    static List<Row> rows() {
        return RoleMatrix.rows("query-service");
    }

    @Test
    void every_address_has_its_row_and_every_row_its_address() {
        TreeSet<String> served = new TreeSet<>();
        query.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .forEach(info -> info.getPatternValues().forEach(path -> {
                    var methods = info.getMethodsCondition().getMethods();
                    (methods.isEmpty() ? List.of(RequestMethod.GET) : methods)
                            .forEach(method -> served.add(method + " " + path));
                }));
        assertThat(rows()).extracting(Row::endpoint).containsExactlyInAnyOrderElementsOf(served);
        assertThat(asks.keySet()).containsExactlyInAnyOrderElementsOf(served);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void each_role_is_answered_as_the_document_says_at(Row row) {
        Ask ask = Objects.requireNonNull(asks.get(row.endpoint()), row.endpoint());
        SoftAssertions all = new SoftAssertions();
        for (String role : RoleMatrix.roles()) {
            for (boolean theirs : new boolean[] {true, false}) {
                all.assertThat(answered(row.endpoint().split(" ")[0], ask, role, party(role, theirs)))
                        .as("%s for %s, %s", row, role, theirs ? "theirs" : "another's")
                        .isEqualTo(row.expected(role, theirs, ask.letIn()));
            }
        }
        all.assertAll();
    }

    /** ASVS 1.2.4. */
    @ParameterizedTest
    @MethodSource("rows")
    void sql_in_any_place_of_a_request_is_a_value_or_refused_at(Row row) {
        Ask ask = Objects.requireNonNull(asks.get(row.endpoint()), row.endpoint());
        String method = row.endpoint().split(" ")[0];
        String role = row.letIn();
        SoftAssertions all = new SoftAssertions();
        for (SqlInRequests.Request request : new SqlInRequests(
                        query.get("/openapi.json").response().body())
                .of(row.endpoint(), ask.path(), ask.body())) {
            Ask changed = new Ask(ask.letIn(), request.path(), request.body());
            all.assertThat(answered(method, changed, role, party(role, true), request.headers()))
                    .as("%s, %s", row, request)
                    .doesNotStartWith("5");
        }
        all.assertThat(answered(method, ask, role, party(role, true))).isEqualTo(ask.letIn());
        all.assertAll();
    }

    /** The same question, by those whom it concerns and by others. */
    private static String party(String role, boolean theirs) {
        return switch (role) {
            case "institution-clerk", "institution-system" -> theirs ? TestRegistry.SUPPLIER : "OTHER";
            case "agency-system", "case-worker" -> theirs ? MANDATED : OTHER_AGENCY;
            case "citizen", "delegate" -> (theirs ? SOMEBODY : SOMEBODY_ELSE).digits();
            default -> theirs ? "office" : "other-office";
        };
    }

    /** Status, of a refusal with its code. */
    private static String answered(String method, Ask ask, String role, String party) {
        return answered(method, ask, role, party, Map.of());
    }

    private static String answered(String method, Ask ask, String role, String party, Map<String, String> said) {
        Map<String, String> usual = new HashMap<>(Map.of("X-Purpose", PURPOSE, "X-Case", "1", "X-End-User", "u-1"));
        usual.putAll(said);
        List<String> headers = new ArrayList<>();
        usual.forEach((name, value) -> headers.addAll(List.of(name, value)));
        if (ask.body() != null) {
            headers.addAll(List.of("Content-Type", "application/json"));
        }
        if (!role.equals(RoleMatrix.NOBODY)) {
            String token = provider.token(RoleMatrix.claims(role, party, TestProvider.boundTo(holder), Instant.now())
                    .build());
            String address = query.base() + ask.path().split("\\?")[0];
            headers.addAll(List.of(
                    "Authorization",
                    "DPoP " + token,
                    "DPoP",
                    TestProvider.proof(holder, method, address, token, Instant.now(), claims -> {})));
        }
        Answer answer = query.send(method, ask.path(), ask.body(), headers.toArray(String[]::new));
        return answer.status() < 400 ? Integer.toString(answer.status()) : answer.status() + " " + answer.code();
    }
}
