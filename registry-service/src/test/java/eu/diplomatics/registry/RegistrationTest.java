package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.local.Database;
import eu.diplomatics.receipt.ReceiptVerifier;
import eu.diplomatics.registry.Client.Answer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** R01, L07: the registration API as the contract says, every answer held against the description served. */
class RegistrationTest {
    private static final String ALL = "/v1/qualifications";
    private static final String ONE = "/v1/qualifications/{reference}";

    private final RegistryFixture registry = RegistryFixture.shared();
    private final Client client = registry.client();
    private final OpenApi api = new OpenApi(client);

    private Answer register(Client as, String body) {
        return api.check("POST", ALL, as.post(ALL, body));
    }

    private String registered(String reference, int person) {
        return register(client, Samples.registration(reference, Samples.insz(person)))
                .header("Location");
    }

    @Test
    void registers_corrects_annuls_and_reinstates_with_a_receipt_each() {
        String reference = Samples.reference();
        String body = Samples.registration(reference, Samples.insz(1));
        api.fits("Registration", body);

        Answer registered = register(client, body);
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        assertThat(registered.header("ETag")).isEqualTo("\"1\"");
        String location = registered.header("Location");
        assertThat(location)
                .isEqualTo(ALL + "/" + registered.json().path("reference").asString());
        assertThat(verified(registered)).isTrue();

        Answer again = register(client, body);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(registered.json());

        Answer corrected = api.check(
                "PUT", ONE, client.with("If-Match", "\"1\"").put(location, Samples.correction("Another name")));
        assertThat(corrected.status()).as(corrected.text()).isEqualTo(200);
        assertThat(corrected.header("ETag")).isEqualTo("\"2\"");
        assertThat(corrected.json().path("version").asInt()).isEqualTo(2);
        assertThat(verified(corrected)).isTrue();

        Answer annulled = change(location, "annulment", 200);
        assertThat(annulled.json().path("version").asInt()).isEqualTo(3);
        assertThat(change(location, "annulment", 200).json()).isEqualTo(annulled.json());
        Answer reinstated = change(location, "reinstatement", 200);
        assertThat(reinstated.json().path("version").asInt()).isEqualTo(4);
        assertThat(change(location, "reinstatement", 200).json()).isEqualTo(reinstated.json());
    }

    private Answer change(String location, String what, int status) {
        Answer answer =
                api.check("POST", ONE + "/" + what, client.post(location + "/" + what, Samples.reason("DECIDED")));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        return answer;
    }

    private boolean verified(Answer answer) {
        Answer keys = api.check("GET", "/v1/receipt-keys", client.as("").get("/v1/receipt-keys"));
        return ReceiptVerifier.ofJson(keys.text()).verify(answer.text()) == ReceiptVerifier.Result.VALID;
    }

    @Test
    void a_reference_is_taken_by_its_first_content_and_its_first_person() {
        String reference = Samples.reference();
        registered(reference, 2);
        for (String other : List.of(
                Samples.registration(reference, Samples.insz(2), "Another title"),
                Samples.registration(reference, Samples.insz(3)))) {
            Answer conflict = register(client, other);
            assertThat(conflict.status()).isEqualTo(409);
            assertThat(conflict.code()).isEqualTo("REFERENCE_CONFLICT");
        }
        assertThat(register(client.as("supplier:hoger-onderwijs"), Samples.registration(reference, Samples.insz(2)))
                        .status())
                .as("another supplier has references of its own")
                .isEqualTo(201);
    }

    @Test
    void a_correction_needs_the_version_it_builds_on() {
        String location = registered(Samples.reference(), 4);
        Answer without = api.check("PUT", ONE, client.put(location, Samples.correction("A")));
        assertThat(without.status()).isEqualTo(428);
        assertThat(api.check("PUT", ONE, client.with("If-Match", "\"2\"").put(location, Samples.correction("A")))
                        .status())
                .isEqualTo(412);
        assertThat(api.check("PUT", ONE, client.with("If-Match", "*").put(location, Samples.correction("A")))
                        .status())
                .isEqualTo(400);
        Answer corrected = client.with("If-Match", "\"1\"").put(location, Samples.correction("A"));
        Answer repeated = client.with("If-Match", "\"1\"").put(location, Samples.correction("A"));
        assertThat(repeated.json())
                .as("sent again, the answer having been lost")
                .isEqualTo(corrected.json());
        assertThat(client.with("If-Match", "\"1\"")
                        .put(location, Samples.correction("B"))
                        .status())
                .isEqualTo(412);
    }

    @Test
    void what_its_state_does_not_allow_is_refused() {
        String location = registered(Samples.reference(), 5);
        assertThat(change(location, "reinstatement", 409).code()).isEqualTo("WRONG_STATE");
        change(location, "annulment", 200);
        Answer correction = client.with("If-Match", "\"2\"").put(location, Samples.correction("A"));
        assertThat(correction.status()).isEqualTo(409);
        assertThat(correction.code()).isEqualTo("WRONG_STATE");
    }

    @Test
    void a_supplier_touches_its_own_qualifications_only() {
        String location = registered(Samples.reference(), 6);
        Client other = client.as("supplier:hoger-onderwijs");
        Answer annulment =
                api.check("POST", ONE + "/annulment", other.post(location + "/annulment", Samples.reason("X")));
        assertThat(annulment.status()).isEqualTo(404);
        assertThat(annulment.code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(other.with("If-Match", "\"1\"")
                        .put(location, Samples.correction("A"))
                        .status())
                .isEqualTo(404);
        assertThat(client.post(ALL + "/" + UUID.randomUUID() + "/annulment", Samples.reason("X"))
                        .status())
                .isEqualTo(404);
        assertThat(client.post(ALL + "/nonsense/annulment", Samples.reason("X")).code())
                .isEqualTo("UNKNOWN_REFERENCE");

        Answer foreign =
                register(client.as("supplier:ugent"), Samples.registration(Samples.reference(), Samples.insz(6)));
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign.code()).isEqualTo("NOT_YOUR_INSTITUTION");
    }

    @Test
    void nobody_unknown_and_nobody_but_suppliers_registers() {
        String body = Samples.registration(Samples.reference(), Samples.insz(7));
        for (String nobody : List.of("", "supplier:nobody-knows", "supplier", "root:1", "supplier:../x")) {
            Answer refused = register(client.as(nobody), body);
            assertThat(refused.status()).as(nobody).isEqualTo(401);
            assertThat(refused.code()).isEqualTo("UNAUTHENTICATED");
            assertThat(refused.header("WWW-Authenticate")).isNotEmpty();
        }
        for (String other : List.of("agency:VDAB", "citizen:1", "controller:1")) {
            assertThat(register(client.as(other), body).status()).as(other).isEqualTo(403);
        }
    }

    @Test
    void a_holder_without_number_is_one_by_the_suppliers_own_number() {
        String local = UUID.randomUUID().toString();
        String reference = Samples.reference();
        assertThat(register(client, Samples.withoutNumber(reference, local, "Ó Séaghdha"))
                        .status())
                .isEqualTo(201);
        assertThat(register(client, Samples.withoutNumber(reference, local, "Ó Séaghdha"))
                        .status())
                .isEqualTo(200);
        Answer other = register(client, Samples.withoutNumber(Samples.reference(), local, "Verhaegen"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("errors").get(0).path("pointer").asString())
                .isEqualTo("/holder/localNumber");
    }

    @Test
    void the_same_idempotency_key_answers_the_same_and_only_for_the_same_content() {
        String body = Samples.registration(Samples.reference(), Samples.insz(8));
        Client keyed = client.with("Idempotency-Key", UUID.randomUUID().toString());
        Answer first = register(keyed, body);
        assertThat(first.status()).isEqualTo(201);
        Answer second = register(keyed, body);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.json()).isEqualTo(first.json());
        Answer other = register(keyed, Samples.registration(Samples.reference(), Samples.insz(9)));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_CONFLICT");
    }

    @Test
    void of_64_concurrent_registrations_of_one_reference_exactly_one_is_new() throws Exception {
        String body = Samples.registration(Samples.reference(), Samples.insz(997 * 20));
        List<Answer> answers = concurrently(64, n -> client.post(ALL, body));
        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(63);
        assertThat(answers.stream().map(Answer::json).distinct()).hasSize(1);
        UUID reference =
                UUID.fromString(answers.getFirst().json().path("reference").asString());
        assertThat(registry.bean(EventReader.class).stream(reference)).hasSize(1);
    }

    @Test
    void of_concurrent_registrations_of_different_people_under_one_local_number_one_person_stands() throws Exception {
        for (int round = 0; round < 5; round++) {
            String local = UUID.randomUUID().toString();
            List<Answer> answers = concurrently(
                    32,
                    n -> api.check(
                            "POST",
                            ALL,
                            client.post(ALL, Samples.withoutNumber(Samples.reference(), local, "Person " + (n % 16)))));
            List<Integer> accepted = IntStream.range(0, 32)
                    .filter(n -> answers.get(n).status() == 201)
                    .mapToObj(n -> n % 16)
                    .toList();
            assertThat(accepted).as("both registrations of the one person").hasSize(2);
            assertThat(accepted.getFirst()).isEqualTo(accepted.getLast());
            assertThat(answers.stream().filter(answer -> answer.status() != 201))
                    .allSatisfy(answer -> {
                        assertThat(answer.code()).isEqualTo("REFERENCE_CONFLICT");
                        assertThat(answer.json()
                                        .path("errors")
                                        .get(0)
                                        .path("pointer")
                                        .asString())
                                .isEqualTo("/holder/localNumber");
                    });
        }
    }

    @Test
    void an_erased_holder_gets_no_new_key_under_which_its_events_do_not_open() throws SQLException {
        String insz = Samples.insz(997 * 20 + 1);
        Answer first = register(client, Samples.registration(Samples.reference(), insz));
        UUID holder = registry.bean(EventReader.class).stream(
                        UUID.fromString(first.json().path("reference").asString()))
                .getFirst()
                .holder();
        assertThat(inKeyring("DELETE FROM keyring.data_key WHERE id = '" + holder + "'"))
                .isEqualTo(1);

        Answer refused = register(client, Samples.registration(Samples.reference(), insz));
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("HOLDER_ERASED");
        assertThat(inKeyring("UPDATE keyring.data_key SET id = id WHERE id = '" + holder + "'"))
                .as("keys of the holder")
                .isZero();
        assertThat(change(first.header("Location"), "annulment", 200)
                        .json()
                        .path("version")
                        .asInt())
                .isEqualTo(2);
    }

    private int inKeyring(String sql) throws SQLException {
        var keyring = registry.database(Database.KEYRING);
        try (Connection connection = DriverManager.getConnection(
                        keyring.url(),
                        keyring.migrator().username(),
                        keyring.migrator().password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE kr_owner");
            return statement.executeUpdate(sql);
        }
    }

    @Test
    void of_concurrent_corrections_of_one_version_exactly_one_wins() throws Exception {
        String location = registered(Samples.reference(), 10);
        List<Answer> answers = concurrently(
                16, n -> client.with("If-Match", "\"1\"").put(location, Samples.correction("Version of " + n)));
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 412)).hasSize(15);
    }

    private static List<Answer> concurrently(int callers, IntFunction<Answer> call) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> calls = IntStream.range(0, callers)
                    .<Callable<Answer>>mapToObj(n -> () -> call.apply(n))
                    .toList();
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }
}
