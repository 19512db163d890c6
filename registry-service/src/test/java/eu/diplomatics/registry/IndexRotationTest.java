package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.IndexRotation;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.registration.Commands;
import eu.diplomatics.registry.registration.PreparedRegistrations;
import eu.diplomatics.registry.registration.RegisterQualifications;
import eu.diplomatics.registry.registration.RegistrationOutcome;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.taxonomy.Admission;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The keys of the blind index rotate under a running service, on a real database and custodian (R16). */
class IndexRotationTest {
    private static final int PEOPLE = 40;

    @Test
    void sixteen_threads_that_register_the_same_people_never_make_two_holders_for_one_number() throws Exception {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            registry.custodian().newHolderIndex();
            Client client = registry.client();
            Map<String, Set<UUID>> references = new ConcurrentHashMap<>();
            AtomicBoolean rotating = new AtomicBoolean(true);
            try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
                List<Future<?>> suppliers = new ArrayList<>();
                for (int thread = 0; thread < 16; thread++) {
                    suppliers.add(executor.submit(() -> {
                        while (rotating.get()) {
                            register(client, references);
                        }
                    }));
                }
                await().until(() -> references.size() >= PEOPLE / 2);
                rotate(client.as("controller:steering"));
                int until = registered(references) + 200;
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> registered(references) >= until
                                || suppliers.stream().anyMatch(Future::isDone));
                rotating.set(false);
                for (Future<?> supplier : suppliers) {
                    supplier.get();
                }
            }
            assertThat(registry.bean(IndexRotation.class).current()).isEqualTo(2);
            EventReader reader = registry.bean(EventReader.class);
            references.forEach((insz, ofPerson) -> {
                Set<UUID> holders = new HashSet<>();
                reader.streams(ofPerson)
                        .values()
                        .forEach(stream -> holders.add(stream.getFirst().holder()));
                assertThat(holders).as("holders of one number").hasSize(1);
            });
        }
    }

    @Test
    void aPersonWhoseKeyIsGoneAndWasNotShreddedEndsTheRotationAndStaysInTheIndex() throws Exception {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            registry.custodian().newHolderIndex();
            Answer answer = registry.client()
                    .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(60_001)));
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            Login superuser = TestServices.postgres().superuser();
            try (Connection connection = DriverManager.getConnection(
                            registry.database(Database.KEYRING).url(), superuser.username(), superuser.password());
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate(
                        "DELETE FROM keyring.data_key WHERE id = (SELECT holder FROM keyring.holder_claim LIMIT 1)");
            }
            Answer ended = rotation(registry.client().as("controller:steering"));
            assertThat(ended.json().path("state").asString()).as(ended.text()).isEqualTo("FAILED");
            assertThat(ended.text()).contains("is gone and was not shredded");
            assertThat(registry.bean(IndexRotation.class).current()).isEqualTo(1);
        }
    }

    @Test
    void a_claim_made_before_the_rotation_waited_for_claims_is_made_anew() {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            registry.custodian().newHolderIndex();
            String insz = Samples.insz(50_100);
            Commands commands = registry.bean(Commands.class);
            PreparedRegistrations prepared = commands.prepare(command(registry, insz));
            rotate(registry.client().as("controller:steering"));

            List<RegistrationOutcome> outcomes = commands.register(prepared);
            assertThat(outcomes).singleElement().isInstanceOf(RegistrationOutcome.Accepted.class);
            UUID first = ((RegistrationOutcome.Accepted) outcomes.getFirst()).place().stream();
            Answer later =
                    registry.client().post("/v1/qualifications", Samples.registration(Samples.reference(), insz));
            assertThat(later.status()).as(later.text()).isEqualTo(201);
            UUID second = UUID.fromString(later.json().path("reference").asString());
            Set<UUID> holders = new HashSet<>();
            registry.bean(EventReader.class)
                    .streams(List.of(first, second))
                    .values()
                    .forEach(stream -> holders.add(stream.getFirst().holder()));
            assertThat(holders).as("holders of one number").hasSize(1);
        }
    }

    private static RegisterQualifications command(RegistryFixture registry, String insz) {
        byte[] row = Samples.registration(Samples.reference(), insz).getBytes(StandardCharsets.UTF_8);
        RegistrationRequest request =
                valid(QualificationJson.readRow(row, registry.bean(Rules.class).now(Mode.STRICT)));
        RegisterQualification registration =
                valid(registry.bean(Admission.class).register("kuleuven", request, Mode.STRICT));
        return new RegisterQualifications(
                List.of(new RegisterQualifications.Row(UUID.randomUUID(), registration)),
                new EventMetadata("supplier:kuleuven", "api", "", ""),
                false,
                false);
    }

    private static <T> T valid(Checked<T> checked) {
        if (checked instanceof Checked.Valid<T>(T value)) {
            return value;
        }
        throw new AssertionError(checked.toString());
    }

    private static void rotate(Client controller) {
        Answer ended = rotation(controller);
        assertThat(ended.json().path("state").asString()).as(ended.text()).isEqualTo("DONE");
    }

    private static Answer rotation(Client controller) {
        Answer asked = controller.post("/v1/keys/operations", "{\"kind\":\"index-key\"}");
        assertThat(asked.status()).as(asked.text()).isEqualTo(202);
        String operation = asked.header("Location");
        await().atMost(Duration.ofSeconds(90))
                .until(() -> !controller
                        .get(operation)
                        .json()
                        .path("state")
                        .asString()
                        .matches("PENDING|RUNNING"));
        return controller.get(operation);
    }

    private static int registered(Map<String, Set<UUID>> references) {
        return references.values().stream().mapToInt(Set::size).sum();
    }

    private static void register(Client client, Map<String, Set<UUID>> references) {
        String insz = Samples.insz(50_000 + ThreadLocalRandom.current().nextInt(PEOPLE));
        Answer answer = client.post("/v1/qualifications", Samples.registration(Samples.reference(), insz));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        references
                .computeIfAbsent(insz, any -> ConcurrentHashMap.newKeySet())
                .add(UUID.fromString(answer.json().path("reference").asString()));
    }
}
