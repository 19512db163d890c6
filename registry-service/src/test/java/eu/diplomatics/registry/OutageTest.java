package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.KafkaInstance;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What callers are told while something the service needs is away: a code, when to come again, and nothing half done. */
class OutageTest {
    private static final String PATH = "/v1/qualifications";

    @Test
    void without_the_custodian_registration_says_keys_unavailable_and_goes_on_by_itself_afterwards() {
        try (RegistryFixture registry = RegistryFixture.prepared()
                .with("DIPLOMATICS_CUSTODIAN_LEASE", "3s")
                .start()) {
            Client client = registry.client();
            OpenApi api = new OpenApi(client);
            String body = Samples.registration(Samples.reference(), Samples.insz(1));
            registry.custodian().stop();
            Answer refused = api.check("POST", PATH, client.post(PATH, body));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("KEYS_UNAVAILABLE");
            assertThat(refused.header("Retry-After")).isNotEmpty();
            Awaitility.await("end of the lease")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> client.get("/actuator/health/readiness").status() == 503);
            assertThat(api.check("GET", "/v1/receipt-keys", client.as("").get("/v1/receipt-keys"))
                            .code())
                    .isEqualTo("KEYS_UNAVAILABLE");
            registry.custodian().restart();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> client.post(PATH, body).status() == 201);
            assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(200);
        }
    }

    @Test
    void a_batch_whose_keys_are_refused_for_good_ends_with_a_code_and_its_rows_can_be_sent_again() {
        try (RegistryFixture registry = RegistryFixture.prepared()
                .with("DIPLOMATICS_CUSTODIAN_LEASE", "3s")
                .start()) {
            Client client = registry.client();
            OpenApi api = new OpenApi(client);
            String rows = IntStream.range(0, 3)
                    .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n)))
                    .collect(Collectors.joining("\n"));
            registry.custodian().stop();
            Batch batch = Batch.ndjson(client, "refused", rows);
            awaitReadiness(client, 503);
            assertThat(batch.status().path("state").asString())
                    .as("it waits for who is only away")
                    .isEqualTo("RUNNING");

            registry.custodian().restartWithAnotherToken();
            Answer ended = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> client.get(batch.path()),
                            answer -> !answer.json().path("state").asString().equals("RUNNING"));
            assertThat(api.check("GET", "/v1/batches/{id}", ended)
                            .json()
                            .path("state")
                            .asString())
                    .isEqualTo("FAILED");
            assertThat(ended.json().path("code").asString()).isEqualTo("KEYS_UNAVAILABLE");
            assertThat(client.get("/actuator/registry").json().path("head").asLong())
                    .as("nothing was registered under a key that is not ours")
                    .isZero();

            registry.custodian().restartWithItsOwnToken();
            awaitReadiness(client, 200);
            JsonNode again = Batch.ndjson(client, "again", rows).awaitDone();
            assertThat(again.path("accepted").asInt()).isEqualTo(3);
            assertThat(again.has("code")).isFalse();
        }
    }

    @Test
    void a_batch_whose_index_key_the_custodian_no_longer_has_ends_with_a_code_and_not_with_rejections() {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            registry.custodian().newHolderIndex();
            Client client = registry.client();
            Client controller = client.as("controller:ann");
            String rotation = controller
                    .post("/v1/keys/operations", "{\"kind\":\"index-key\"}")
                    .header("Location");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> "DONE"
                            .equals(controller
                                    .get(rotation)
                                    .json()
                                    .path("state")
                                    .asString("")));
            // its keys to unwrap are still leased
            registry.custodian().restartWithAnotherToken();
            Batch batch =
                    Batch.ndjson(client, "no index", Samples.registration(Samples.reference(), Samples.insz(1)) + "\n");
            JsonNode ended = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            batch::status,
                            status -> !status.path("state").asString().equals("RUNNING"));
            assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("FAILED");
            assertThat(ended.path("code").asString()).isEqualTo("KEYS_UNAVAILABLE");
            assertThat(ended.path("rejected").asInt()).isZero();
        }
    }

    @Test
    void a_lease_that_ends_in_the_middle_of_a_batch_stops_it_there_and_nothing_is_lost_or_doubled() {
        int rows = 6_000;
        String body = IntStream.range(0, rows)
                .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n)))
                .collect(Collectors.joining("\n"));
        try (RegistryFixture registry = RegistryFixture.prepared()
                .with("DIPLOMATICS_CUSTODIAN_LEASE", "3s")
                .start()) {
            Client client = registry.client();
            Batch batch = Batch.ndjson(client, "in the middle", body);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> batch.status().path("accepted").asInt() > 0);
            registry.custodian().stop();
            awaitReadiness(client, 503);
            JsonNode stopped = batch.status();
            assertThat(stopped.path("state").asString()).isEqualTo("RUNNING");
            assertThat(stopped.path("accepted").asInt()).isBetween(1, rows - 1);

            registry.custodian().restart();
            JsonNode done = batch.awaitDone();
            assertThat(done.path("state").asString()).isEqualTo("DONE");
            assertThat(done.path("accepted").asInt()).isEqualTo(rows);
            assertThat(client.get("/actuator/registry").json().path("head").asLong())
                    .as("one event for each person, one for each diploma")
                    .isEqualTo(2L * rows);
        }
    }

    private static void awaitReadiness(Client client, int status) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> client.get("/actuator/health/readiness").status() == status);
    }

    @Test
    void without_its_database_registration_says_log_unavailable_and_batches_wait() {
        try (PostgresInstance postgres = TestServices.dedicatedPostgres();
                RegistryFixture registry =
                        RegistryFixture.prepared(postgres, TestServices.kafka()).start()) {
            Client client = registry.client();
            OpenApi api = new OpenApi(client);
            String body = Samples.registration(Samples.reference(), Samples.insz(1));
            assertThat(client.post(PATH, body).status()).isEqualTo(201);
            postgres.stop();
            Answer refused = api.check("POST", PATH, client.post(PATH, body));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isIn("LOG_UNAVAILABLE", "KEYS_UNAVAILABLE");
            assertThat(refused.header("Retry-After")).isNotEmpty();
            Answer batch = api.check("GET", "/v1/batches/{id}", client.get("/v1/batches/" + UUID.randomUUID()));
            assertThat(batch.status()).isEqualTo(503);
            assertThat(batch.code()).isEqualTo("BATCHES_UNAVAILABLE");
            postgres.restart();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> client.post(PATH, body).status() == 200);
        }
    }

    @Test
    void a_service_whose_log_another_has_taken_over_says_log_unavailable() {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            Client client = registry.client();
            try (RegistryProcess other = RegistryProcess.start(registry, "384m")) {
                Answer refused = client.post(PATH, Samples.registration(Samples.reference(), Samples.insz(1)));
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.code()).isEqualTo("LOG_UNAVAILABLE");
                assertThat(other.client()
                                .post(PATH, Samples.registration(Samples.reference(), Samples.insz(1)))
                                .status())
                        .isEqualTo(201);
            }
        }
    }

    @Test
    void without_kafka_the_service_starts_and_registers() {
        try (KafkaInstance kafka = TestServices.dedicatedKafka();
                RegistryFixture registry = RegistryFixture.prepared(TestServices.postgres(), kafka)) {
            kafka.kill();
            registry.start();
            assertThat(registry.client()
                            .post(PATH, Samples.registration(Samples.reference(), Samples.insz(1)))
                            .status())
                    .isEqualTo(201);
            assertThat(registry.client().get("/actuator/health/readiness").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void the_profile_that_takes_callers_at_their_word_serves_loopback_only() {
        try (RegistryFixture open = RegistryFixture.prepared().with("SERVER_ADDRESS", "0.0.0.0")) {
            assertThatThrownBy(open::start).hasStackTraceContaining("loopback addresses only");
        }
        try (RegistryFixture aside = RegistryFixture.prepared()
                .with("MANAGEMENT_SERVER_PORT", "1")
                .with("MANAGEMENT_SERVER_ADDRESS", "0.0.0.0")) {
            assertThatThrownBy(aside::start).hasStackTraceContaining("loopback addresses only");
        }
    }
}
