package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.ECKey;
import eu.diplomatics.access.RoleMatrix;
import eu.diplomatics.access.RoleMatrix.Row;
import eu.diplomatics.access.SqlInRequests;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.registry.Client.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** L04, R24: at every address each role is answered what docs/roles.md says, about its own and about others' records. */
class RoleMatrixTest {
    private static final String ALL = "/v1/qualifications";
    private static final String LINKS = "/v1/holders/links";
    private static final String MANDATE = "/v1/mandates/vdab/matrix";
    private static final String LIST = "{\"digestKey\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}\n";
    private static final String GRANT = """
            {"legalBasis":"Decree of 7 May 2004, article 5","questions":["CONSULT"],"fields":["basis.degree"],\
            "quota":{"perMinute":60,"perDay":5000},"citizen":{"sees":"A vacancy.","when":"IMMEDIATELY"},\
            "whyNeeded":"a vacancy asks for a degree","whyNoYesNo":"vacancies ask for different degrees",\
            "validFrom":"2026-01-01","reason":"agreement 2026/4"}""";
    private static final AtomicInteger PEOPLE = new AtomicInteger(60_000);

    private static final TestProvider provider = new TestProvider();
    private static final ECKey holder = TestProvider.newKey("holder");
    private static final Map<String, Ask> asks = new HashMap<>();
    private static RegistryFixture registry;

    /** What is sent; a change is of something of its own each time. */
    private record Said(String path, String body, String... headers) {}

    /** @param letIn what whoever may ask is answered; where a request is unfinished, what is wrong with it */
    private record Ask(String letIn, Supplier<Said> said) {}

    @BeforeAll
    static void start() {
        registry = RegistryFixture.prepared().withTokensOf(provider).start();
        assertThat(as("controller", "office", "PUT", new Said(MANDATE, GRANT)).status())
                .isEqualTo(201);
        open();
        institutions();
        controllers();
    }

    @AfterAll
    static void stop() {
        registry.close();
        provider.close();
    }

    private static void open() {
        get("/error", "404 NOT_FOUND");
        get("/openapi.json", "200");
        get("/v1/receipt-keys", "200");
        get("/v1/log/key", "200");
        get("/v1/log/keys", "200");
        get("/v1/log/resumptions", "200");
        ask("GET /v1/log/checkpoint", "404 UNKNOWN_CHECKPOINT", () -> new Said("/v1/log/checkpoint?size=999999", ""));
        ask("GET /v1/log/tile/{level}/**", "404 NOT_FOUND", () -> new Said("/v1/log/tile/9/000", ""));
        get("/v1/log/proof/inclusion", "400 MALFORMED");
        get("/v1/log/proof/consistency", "400 MALFORMED");
        ask(
                "GET /v1/receipts/{position}/proof",
                "404 UNKNOWN_POSITION",
                () -> new Said("/v1/receipts/999999/proof", ""));
    }

    private static void institutions() {
        ask("POST " + ALL, "201", () -> new Said(ALL, Samples.registration(Samples.reference(), somebody())));
        ask(
                "PUT /v1/qualifications/{reference}",
                "200",
                () -> new Said(registered(somebody()), Samples.correction("Master of Arts"), "If-Match", "\"1\""));
        ask(
                "POST /v1/qualifications/{reference}/annulment",
                "200",
                () -> new Said(registered(somebody()) + "/annulment", Samples.reason("ISSUED_IN_ERROR")));
        ask("POST /v1/qualifications/{reference}/reinstatement", "200", () -> {
            String path = registered(somebody());
            done(own("POST", new Said(path + "/annulment", Samples.reason("ISSUED_IN_ERROR"))));
            return new Said(path + "/reinstatement", Samples.reason("ANNULLED_IN_ERROR"));
        });
        ask(
                "POST /v1/qualifications/{reference}/holder",
                "200",
                () -> new Said(registered(somebody()) + "/holder", """
                        {"holder":{"insz":"%s"},"reasonCode":"WRONG_PERSON","reason":"two cousins"}""".formatted(somebody())));
        ask(
                "POST /v1/qualifications/{reference}/dispute",
                "201",
                () -> new Said(registered(Samples.insz(1)) + "/dispute", Samples.reason("WRONG_NAME")));
        ask(
                "POST /v1/qualifications/{reference}/dispute/settlement",
                "200",
                () -> new Said(disputed() + "/settlement", """
                        {"outcome":"UPHELD","reasonCode":"CHECKED","reason":"held against the files"}"""));
        ask(
                "POST /v1/qualifications/{reference}/dispute/withdrawal",
                "200",
                () -> new Said(disputed() + "/withdrawal", Samples.reason("MY_MISTAKE")));
        get("/v1/disputes", "200");
        ask("POST " + LINKS, "201", () -> new Said(LINKS, link()));
        ask("POST /v1/holders/links/{id}/undo", "200", () -> {
            String id =
                    done(own("POST", new Said(LINKS, link()))).json().path("id").asString();
            return new Said(LINKS + "/" + id + "/undo", Samples.reason("WRONG"));
        });
        Supplier<Said> file = () -> new Said(
                "/v1/batches",
                Samples.registration(Samples.reference(), somebody()),
                "Content-Type",
                "application/x-ndjson",
                "Idempotency-Key",
                UUID.randomUUID().toString());
        ask("POST /v1/batches", "202", file);
        String batch = done(own("POST", file.get())).header("Location");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> own("GET", new Said(batch, ""))
                        .json()
                        .path("state")
                        .asString()
                        .equals("DONE"));
        ask("GET /v1/batches/{id}", "200", () -> new Said(batch, ""));
        ask("GET /v1/batches/{id}/results", "200", () -> new Said(batch + "/results", ""));
        ask("GET /v1/batches/{id}/rejected", "200", () -> new Said(batch + "/rejected", ""));
        // each reads the whole log, one at a time
        ask("POST /v1/reconciliations", "415 UNSUPPORTED_MEDIA_TYPE", () -> new Said("/v1/reconciliations", LIST));
        String reconciliation = done(own(
                        "POST", new Said("/v1/reconciliations", LIST, "Content-Type", "application/x-ndjson")))
                .header("Location");
        ask("GET /v1/reconciliations/{id}", "200", () -> new Said(reconciliation, ""));
    }

    private static void controllers() {
        for (String path : List.of(
                "/v1/readiness",
                "/v1/backups",
                "/pages/backups",
                "/v1/keys",
                "/v1/keys/inventory",
                "/v1/keys/audit",
                "/v1/keys/inventory-key",
                "/v1/keys/receipts",
                "/v1/keys/operations",
                "/v1/mandates",
                "/v1/suppliers",
                "/v1/institutions",
                "/v1/taxonomy",
                "/v1/shreddings")) {
            get(path, "200");
        }
        ask("POST /v1/readiness/report", "200", () -> new Said("/v1/readiness/report", "{}"));
        ask("GET /v1/mandates/{agency}/{purpose}", "200", () -> new Said(MANDATE, ""));
        ask("GET /v1/mandates/{agency}/{purpose}/history", "200", () -> new Said(MANDATE + "/history", ""));
        ask("PUT /v1/mandates/{agency}/{purpose}", "200", () -> new Said(MANDATE, GRANT));
        ask(
                "POST /v1/mandates/{agency}/{purpose}/withdrawal",
                "422 FIELD_REQUIRED",
                () -> new Said(MANDATE + "/withdrawal", "{}"));
        String supplier = "/v1/suppliers/matrix";
        ask("PUT /v1/suppliers/{id}", "422 FIELD_REQUIRED", () -> new Said(supplier, "{}"));
        ask("GET /v1/suppliers/{id}", "200", () -> new Said("/v1/suppliers/kuleuven", ""));
        ask("GET /v1/suppliers/{id}/history", "200", () -> new Said("/v1/suppliers/kuleuven/history", ""));
        ask("POST /v1/suppliers/{id}/withdrawal", "422 FIELD_REQUIRED", () -> new Said(supplier + "/withdrawal", "{}"));
        String institution = "/v1/institutions/999998";
        ask("PUT /v1/institutions/{number}", "422 FIELD_REQUIRED", () -> new Said(institution, "{}"));
        ask("GET /v1/institutions/{number}", "404 UNKNOWN_REFERENCE", () -> new Said(institution, ""));
        ask(
                "GET /v1/institutions/{number}/history",
                "404 UNKNOWN_REFERENCE",
                () -> new Said(institution + "/history", ""));
        ask("GET /v1/taxonomy/{list}", "200", () -> new Said("/v1/taxonomy/degree", ""));
        String entry = "/v1/taxonomy/degree/Master";
        ask("PUT /v1/taxonomy/{list}/{code}", "422 FIELD_REQUIRED", () -> new Said(entry, "{}"));
        ask("GET /v1/taxonomy/{list}/{code}", "200", () -> new Said(entry, ""));
        ask("GET /v1/taxonomy/{list}/{code}/history", "200", () -> new Said(entry + "/history", ""));
        ask(
                "GET /v1/keys/operations/{id}",
                "404 UNKNOWN_REFERENCE",
                () -> new Said("/v1/keys/operations/" + UUID.randomUUID(), ""));
        ask(
                "GET /v1/shreddings/{id}",
                "404 UNKNOWN_REFERENCE",
                () -> new Said("/v1/shreddings/" + UUID.randomUUID(), ""));
        for (String path : List.of(
                "/v1/keys/operations",
                "/v1/keys/inventory/statements",
                "/v1/keys/receipts",
                "/v1/log/resumptions",
                "/v1/holders/candidates")) {
            ask(
                    "POST " + path,
                    "422 FIELD_REQUIRED",
                    () -> new Said(
                            path, "{}", "Idempotency-Key", UUID.randomUUID().toString()));
        }
        ask(
                "POST /v1/log/resumptions/{incarnation}",
                "422 FIELD_REQUIRED",
                () -> new Said("/v1/log/resumptions/2", "{}"));
        ask("POST /v1/shreddings", "200", () -> {
            String path = registered(somebody());
            return new Said(
                    "/v1/shreddings",
                    """
                    {"kind":"WRONG_RECORD","reference":"%s","legalBasis":"GDPR article 17","reasonCode":"NEVER_AWARDED",\
                    "reason":"two of one name","case":"2026/9"}""".formatted(path.substring(path.lastIndexOf('/') + 1)),
                    "Idempotency-Key",
                    UUID.randomUUID().toString());
        });
        ask("POST /v1/holders/replacements", "201", () -> {
            String old = somebody();
            var unused = registered(old);
            return new Said("/v1/holders/replacements", """
                    {"oldInsz":"%s","newInsz":"%s","reasonCode":"REPLACED","reason":"new number"}""".formatted(old, somebody()));
        });
    }

    private static void get(String path, String letIn) {
        ask("GET " + path, letIn, () -> new Said(path, ""));
    }

    private static void ask(String endpoint, String letIn, Supplier<Said> said) {
        asks.put(endpoint, new Ask(letIn, said));
    }

    private static String somebody() {
        return Samples.insz(PEOPLE.getAndIncrement());
    }

    /** By the institution whose records these are. */
    private static String registered(String insz) {
        return done(own("POST", new Said(ALL, Samples.registration(Samples.reference(), insz))))
                .header("Location");
    }

    private static String disputed() {
        String dispute = registered(Samples.insz(1)) + "/dispute";
        done(as("controller", "office", "POST", new Said(dispute, Samples.reason("WRONG_NAME"))));
        return dispute;
    }

    private static String link() {
        Said said = new Said(
                ALL,
                Samples.withoutNumber(Samples.reference(), UUID.randomUUID().toString(), "Ní Bhriain"));
        return """
                {"reference":"%s","insz":"%s","reasonCode":"LATE","reason":"number received"}""".formatted(done(own("POST", said)).json().path("reference").asString(), somebody());
    }

    private static Answer done(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
        return answer;
    }

    static List<Row> rows() {
        return RoleMatrix.rows("registry-service");
    }

    @Test
    void every_address_has_its_row_and_every_row_its_address() {
        TreeSet<String> served = new TreeSet<>();
        registry.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
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
                Answer answer = as(
                        role,
                        party(role, theirs),
                        row.endpoint().split(" ")[0],
                        ask.said().get());
                all.assertThat(answer.status() < 400 ? "" + answer.status() : answer.status() + " " + answer.code())
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
        SqlInRequests sql =
                new SqlInRequests(registry.client().get("/openapi.json").text());
        SoftAssertions all = new SoftAssertions();
        int places = places(sql, row, ask.said().get()).size();
        for (int place = 0; place < places; place++) {
            Said right = ask.said().get();
            SqlInRequests.Request request = places(sql, row, right).get(place);
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 0; i < right.headers().length; i += 2) {
                headers.put(right.headers()[i], right.headers()[i + 1]);
            }
            headers.putAll(request.headers());
            String[] said = headers.entrySet().stream()
                    .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                    .toArray(String[]::new);
            Answer answer = as(
                    role,
                    party(role, true),
                    method,
                    new Said(request.path(), Objects.requireNonNullElse(request.body(), ""), said));
            all.assertThat(answer.status())
                    .as("%s, %s: %s", row, request, answer.text())
                    .isLessThan(500);
        }
        Answer answer = as(role, party(role, true), method, ask.said().get());
        all.assertThat(answer.status() < 400 ? "" + answer.status() : answer.status() + " " + answer.code())
                .isEqualTo(ask.letIn());
        all.assertAll();
    }

    private static List<SqlInRequests.Request> places(SqlInRequests sql, Row row, Said said) {
        return sql.of(row.endpoint(), said.path(), said.body());
    }

    @Test
    void an_institution_cannot_name_another_as_the_one_that_registers() {
        String body = Samples.registration(Samples.reference(), somebody());
        Answer answer = own("POST", new Said(ALL, "{\"supplier\":\"ugent\"," + body.substring(1)));
        assertThat(answer.code()).isEqualTo("UNKNOWN_FIELD");
    }

    /** The same request, by those whose records these are and by others. */
    private static String party(String role, boolean theirs) {
        return switch (role) {
            case "institution-clerk", "institution-system" -> theirs ? "kuleuven" : "ugent";
            case "citizen", "delegate" -> Samples.insz(theirs ? 1 : 2);
            default -> theirs ? "office" : "other-office";
        };
    }

    private static Answer own(String method, Said said) {
        return as("institution-system", "kuleuven", method, said);
    }

    private static Answer as(String role, String party, String method, Said said) {
        Client client = registry.client().as("");
        if (!role.equals(RoleMatrix.NOBODY)) {
            String token = provider.token(RoleMatrix.claims(role, party, TestProvider.boundTo(holder), Instant.now())
                    .build());
            String address = "http://127.0.0.1:" + registry.port() + said.path().replaceAll("\\?.*", "");
            client = client.with("Authorization", "DPoP " + token)
                    .with("DPoP", TestProvider.proof(holder, method, address, token, Instant.now(), claims -> {}));
        }
        for (int i = 0; i < said.headers().length; i += 2) {
            client = client.with(said.headers()[i], said.headers()[i + 1]);
        }
        if (method.equals("GET")) {
            return client.get(said.path());
        }
        List<String> headers = List.of(said.headers());
        return (headers.contains("Content-Type") ? client : client.with("Content-Type", "application/json"))
                .send(method, said.path(), BodyPublishers.ofString(said.body()));
    }
}
