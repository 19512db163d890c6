package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.receipt.ReceiptVerifier;
import eu.diplomatics.registry.Client.Answer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R33, R25: real people's numbers are refused until every condition holds, and nothing starts where it may not. */
class GoLiveTest {
    private static final String ALL = "/v1/qualifications";
    private static final String CONTROLLER = "controller:led";
    /** As real as a number of nobody can be: the first of those born on an unknown day of 1900. */
    private static final String REAL = "00000000196";

    private static RegistryFixture registry;
    private static Client client;
    private static OpenApi api;

    @BeforeAll
    static void start() {
        registry = RegistryFixture.prepared().asForRealPeople().start();
        client = registry.client();
        api = new OpenApi(client);
        // the first look comes with the start
        Awaitility.await().until(() -> !red().contains("not-checked"));
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    private static List<String> red() {
        return client.get("/actuator/health")
                .json()
                .at("/components/goLive/details/red")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private static Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        Answer answer = api.check("GET", "/v1/readiness", client.as(CONTROLLER).get("/v1/readiness"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        answer.json()
                .path("conditions")
                .forEach(condition -> states.put(
                        condition.path("id").asString(), condition.path("state").asString()));
        return states;
    }

    private static List<Long> stored() throws SQLException {
        return List.of(
                count(Database.EVENTSTORE, "SELECT count(*) FROM eventstore.event"),
                count(Database.KEYRING, "SELECT count(*) FROM keyring.holder_claim"),
                count(Database.KEYRING, "SELECT count(*) FROM keyring.data_key WHERE regime <> 'JOB'"));
    }

    private static long count(Database database, String query) throws SQLException {
        String name = registry.database(database).url().replaceAll(".*/", "");
        try (Connection connection = TestServices.postgres().connect(name);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void a_real_number_is_refused_by_name_of_what_is_missing_and_nothing_is_stored() throws SQLException {
        List<Long> before = stored();
        Answer answer = api.check("POST", ALL, client.post(ALL, Samples.registration(Samples.reference(), REAL)));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("GO_LIVE_BLOCKED");
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("/holder/insz");
        assertThat(answer.text())
                .contains("custodian-hardware", "keyring-apart", "drill")
                .doesNotContain(REAL);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void a_test_person_is_registered_as_ever() throws SQLException {
        List<Long> before = stored();
        String body = Samples.registration(Samples.reference(), Samples.insz(1));
        api.fits("Registration", body);
        // "strict" takes test numbers here because the setting says so, whatever the gate does
        Answer answer = api.check("POST", ALL, client.post(ALL, body));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(stored()).isNotEqualTo(before);
    }

    @Test
    void in_a_file_each_real_row_is_refused_alone_and_nothing_of_it_is_kept() {
        String rows = Samples.registration(Samples.reference(), Samples.insz(2)) + "\n"
                + Samples.registration("TEST-of-a-real-person", REAL) + "\n"
                + Samples.registration(Samples.reference(), Samples.insz(3)) + "\n";
        Batch batch = Batch.ndjson(client, "go-live-1", rows);
        JsonNode done = batch.awaitDone();
        assertThat(done.path("accepted").asInt()).isEqualTo(2);
        assertThat(done.path("rejected").asInt()).isEqualTo(1);
        JsonNode refused = batch.results().get(1);
        assertThat(refused.at("/errors/0/code").asString()).isEqualTo("GO_LIVE_BLOCKED");
        assertThat(refused.at("/errors/0/column").asString()).isEqualTo("holder.insz");
        // what was refused comes back as it lies in the database: without anything of the person
        assertThat(batch.rejected())
                .contains("GO_LIVE_BLOCKED")
                .doesNotContain(REAL)
                .doesNotContain("TEST-of-a-real-person");
    }

    @Test
    void the_controller_sees_each_condition_and_what_this_version_cannot_do_is_red() {
        assertThat(states())
                .containsEntry("profile", "GREEN")
                .containsEntry("zones", "GREEN")
                .containsEntry("memory-dumps", "GREEN")
                .containsEntry("database-roles", "GREEN")
                .containsEntry("database-durability", "GREEN")
                .containsEntry("plaintext-accepted", "RED")
                .containsEntry("custodian-hardware", "RED")
                .containsEntry("keyring-apart", "RED")
                .containsEntry("database-tls", "RED")
                .containsEntry("verified-generation", "RED")
                .containsEntry("callers", "RED")
                .containsEntry("log-copy", "RED")
                .containsEntry("drill", "RED");
        assertThat(red()).contains("custodian-hardware").doesNotContain("zones");
        assertThat(client.get("/actuator/health/readiness")
                        .json()
                        .path("status")
                        .asString())
                .as("the service does its other work")
                .isEqualTo("UP");
    }

    @Test
    void a_custodian_that_does_not_answer_is_not_known_to_be_in_hardware() {
        registry.custodian().stop();
        try {
            assertThat(states()).containsEntry("custodian-hardware", "UNKNOWN");
            assertThat(red()).contains("custodian-hardware");
        } finally {
            registry.custodian().restart();
        }
    }

    @Test
    void nobody_but_the_controller_sees_where_the_installation_is_weak() {
        assertThat(api.check("GET", "/v1/readiness", client.get("/v1/readiness"))
                        .status())
                .isEqualTo(403);
        assertThat(api.check("POST", "/v1/readiness/report", client.post("/v1/readiness/report", ""))
                        .status())
                .isEqualTo(403);
        assertThat(client.as("").get("/v1/readiness").status()).isEqualTo(401);
    }

    @Test
    void the_report_is_signed_and_a_changed_one_does_not_verify() {
        Answer report =
                api.check("POST", "/v1/readiness/report", client.as(CONTROLLER).post("/v1/readiness/report", ""));
        assertThat(report.status()).isEqualTo(200);
        ReceiptVerifier verifier =
                ReceiptVerifier.ofJson(client.get("/v1/receipt-keys").text());
        assertThat(verifier.verify(report.text())).isEqualTo(ReceiptVerifier.Result.VALID);
        String changed = report.text().replaceFirst("\"state\":\"RED\"", "\"state\":\"GREEN\"");
        assertThat(changed).isNotEqualTo(report.text());
        assertThat(verifier.verify(changed)).isEqualTo(ReceiptVerifier.Result.INVALID);
        assertThat(report.json().at("/zones/b/operator").asString()).isEqualTo("Keyring bv");
    }

    @Test
    void where_callers_are_taken_at_their_word_there_is_no_gate_and_that_is_said() {
        Client insecure = RegistryFixture.shared().client();
        JsonNode readiness = insecure.as(CONTROLLER).get("/v1/readiness").json();
        assertThat(readiness.path("gate").asString()).isEqualTo("NOT_APPLIED");
        assertThat(readiness.path("state").asString()).isEqualTo("RED");
        assertThat(insecure.get("/actuator/health")
                        .json()
                        .at("/components/goLive/details/gate")
                        .asString())
                .isEqualTo("NOT_APPLIED");
    }

    @Test
    void nothing_starts_outside_the_allowed_countries_or_where_nobody_said_where_it_is() {
        try (RegistryFixture abroad =
                RegistryFixture.prepared().asForRealPeople().with("DIPLOMATICS_ZONES_B_PARENT", "US")) {
            assertThatThrownBy(abroad::start)
                    .hasStackTraceContaining("zone b is controlled from US, which is not allowed");
        }
        try (RegistryFixture listed =
                RegistryFixture.prepared().asForRealPeople().with("DIPLOMATICS_ZONES_ALLOWED", "BE,NL")) {
            assertThatThrownBy(listed::start).hasStackTraceContaining("zone custodian stands in DE");
        }
        try (RegistryFixture silent = RegistryFixture.prepared().with("SPRING_PROFILES_ACTIVE", "strict")) {
            assertThatThrownBy(silent::start).hasStackTraceContaining("zone a is not declared");
        }
    }

    @Test
    void nothing_that_could_be_dumped_starts_for_real_people() {
        try (RegistryFixture dumped = RegistryFixture.prepared().asForRealPeople()) {
            // this JVM itself, which tools may attach to
            dumped.withItsOwnMemory();
            assertThatThrownBy(dumped::start).hasStackTraceContaining("DisableAttachMechanism");
        }
    }

    @Test
    void without_the_profile_insecure_nobody_is_known_by_a_header() {
        try (RegistryFixture strict =
                RegistryFixture.prepared().asForRealPeople().withoutCallers().start()) {
            assertThat(strict.client()
                            .post(ALL, Samples.registration(Samples.reference(), Samples.insz(1)))
                            .status())
                    .isEqualTo(401);
            assertThat(strict.client().get("/openapi.json").status()).isEqualTo(200);
        }
    }

    @Test
    void nothing_starts_for_real_people_with_a_role_that_is_stronger_than_documented() throws Exception {
        try (RegistryFixture strong = RegistryFixture.prepared().asForRealPeople()) {
            String url = strong.database(Database.EVENTSTORE).url();
            String database = url.substring(url.lastIndexOf('/') + 1);
            try (Connection connection = TestServices.postgres().connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("GRANT TEMPORARY ON DATABASE " + database + " TO es_relay");
            }
            assertThatThrownBy(strong::start).hasStackTraceContaining("es_relay: database TEMPORARY");
        }
    }
}
