package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.TagVersions;
import eu.diplomatics.generation.TagRotation;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.RotationWatch;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.vault.EventVault;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key that supplier references are tagged with rotates under a running service (R16, L03). */
class ReferenceKeyRotationTest {
    private static final int THREADS = 16;
    private static final int ROTATIONS = 2;

    @Test
    void sixteenThreadsThatRegisterTheSameReferencesNeverMakeTwoQualificationsAndLoseNoConflict() throws Exception {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            Client client = registry.client();
            AtomicInteger turn = new AtomicInteger();
            Map<String, Set<String>> registered = new ConcurrentHashMap<>();
            AtomicBoolean rotating = new AtomicBoolean(true);
            try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> suppliers = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    suppliers.add(executor.submit(() -> {
                        while (rotating.get()) {
                            register(client, turn.getAndIncrement(), registered);
                        }
                    }));
                }
                try {
                    for (int rotation = 0; rotation < ROTATIONS; rotation++) {
                        int until = turn.get() + 150;
                        await().atMost(Duration.ofSeconds(60)).until(() -> turn.get() >= until || ended(suppliers));
                        rotate(client.as("controller:ann"));
                    }
                    int until = turn.get() + 150;
                    await().atMost(Duration.ofSeconds(60)).until(() -> turn.get() >= until || ended(suppliers));
                } finally {
                    rotating.set(false);
                }
                for (Future<?> supplier : suppliers) {
                    supplier.get();
                }
            }
            assertThat(registry.bean(TagVersions.class).refresh().current()).isEqualTo(1 + ROTATIONS);
            assertThat(registered)
                    .isNotEmpty()
                    .allSatisfy((reference, qualifications) ->
                            assertThat(qualifications).as(reference).hasSize(1));
            assertThat(inTheLog(registry))
                    .allSatisfy((reference, times) ->
                            assertThat(times).as(reference).isEqualTo(1));
            assertThat(tags(registry)).isEqualTo(inTheLog(registry).size());
            String reference = registered.keySet().iterator().next();
            Set<Integer> both = Set.of(
                    client.post("/v1/qualifications", Samples.registration(reference, Samples.insz(1)))
                            .status(),
                    client.post("/v1/qualifications", Samples.registration(reference, Samples.insz(2)))
                            .status());
            assertThat(both).as("once with each content").containsExactlyInAnyOrder(200, 409);
        }
    }

    private static boolean ended(List<Future<?>> suppliers) {
        return suppliers.stream().anyMatch(Future::isDone);
    }

    /** Four at a time on the same reference, now and then on an older one, with one of two contents. */
    private static void register(Client client, int turn, Map<String, Set<String>> registered) {
        String reference = "rotation-" + (turn % 5 == 0 ? turn / 8 : turn / 4);
        Answer answer = client.post("/v1/qualifications", Samples.registration(reference, Samples.insz(1 + turn % 2)));
        if (answer.status() == 409) {
            assertThat(answer.code()).isEqualTo("REFERENCE_CONFLICT");
        } else {
            assertThat(answer.status()).as(answer.text()).isIn(200, 201);
            registered
                    .computeIfAbsent(reference, any -> ConcurrentHashMap.newKeySet())
                    .add(answer.json().path("reference").asString());
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Ends the run where it is, as a kill would. */
    private record KilledAt(String step) implements RotationWatch {
        @Override
        public void step(String name) {
            if (name.equals(step)) {
                throw new Killed();
            }
        }

        @Override
        public void progress(long done, long total) {
            step("page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"both versions", "backfill", "page", "check", "switch", "end"})
    void endsAlikeWhereverItWasKilled(String step) throws Exception {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            Client client = registry.client();
            String before = Samples.registration("before", Samples.insz(1));
            Answer first = client.post("/v1/qualifications", before);
            UUID operation = UUID.randomUUID();
            TagRotation rotation = registry.bean(TagRotation.class);
            if (step.equals("end")) {
                rotation.run(operation, new KilledAt("nowhere"));
            } else {
                assertThatThrownBy(() -> rotation.run(operation, new KilledAt(step)))
                        .isInstanceOf(Killed.class);
            }
            String meanwhile = Samples.registration("meanwhile", Samples.insz(2));
            Answer second = client.post("/v1/qualifications", meanwhile);
            assertThat(second.status()).as(second.text()).isEqualTo(201);
            assertThat(client.post("/v1/qualifications", before).json()).isEqualTo(first.json());

            rotation.run(operation, new KilledAt("nowhere"));
            assertThat(registry.bean(TagVersions.class).refresh().current()).isEqualTo(2);
            assertThat(client.post("/v1/qualifications", before).json()).isEqualTo(first.json());
            assertThat(client.post("/v1/qualifications", meanwhile).json()).isEqualTo(second.json());
            assertThat(client.post("/v1/qualifications", Samples.registration("before", Samples.insz(3)))
                            .code())
                    .isEqualTo("REFERENCE_CONFLICT");
            assertThat(tags(registry)).isEqualTo(2);
            rotate(client.as("controller:ann"), "keyring");
            assertThat(registry.bean(Keyring.class).secretVersions("reference-key"))
                    .singleElement()
                    .returns("reference-key-2", Keyring.SecretVersion::name);
            assertThat(client.post("/v1/qualifications", before).json()).isEqualTo(first.json());
        }
    }

    @Test
    void tagsThatSomebodyChangedEndTheRotationAndNothingIsSwitched() throws Exception {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            Client client = registry.client();
            client.post("/v1/qualifications", Samples.registration("changed", Samples.insz(1)));
            try (Connection superuser = superuser(registry);
                    var statement = superuser.createStatement()) {
                statement.execute("UPDATE eventstore.event_tag SET tag = sha256('another')");
            }
            Client controller = client.as("controller:ann");
            Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"reference-key\"}");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> controller
                            .get(begun.header("Location"))
                            .json()
                            .path("state")
                            .asString()
                            .equals("FAILED"));
            assertThat(controller
                            .get(begun.header("Location"))
                            .json()
                            .path("error")
                            .asString())
                    .contains("nothing was switched");
            assertThat(registry.bean(TagVersions.class).refresh().current()).isEqualTo(1);
        }
    }

    private static void rotate(Client controller) {
        rotate(controller, "reference-key");
    }

    private static void rotate(Client controller, String kind) {
        Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"" + kind + "\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(90))
                .until(() -> !controller
                        .get(begun.header("Location"))
                        .json()
                        .path("state")
                        .asString()
                        .matches("PENDING|RUNNING"));
        assertThat(controller.get(begun.header("Location")).json().path("state").asString())
                .as(controller.get(begun.header("Location")).text())
                .isEqualTo("DONE");
    }

    /** How often each supplier reference was registered. */
    private static Map<String, Integer> inTheLog(RegistryFixture registry) {
        Map<String, Integer> times = new HashMap<>();
        EventReader reader = registry.bean(EventReader.class);
        long position = 0;
        for (List<StoredEvent> page = reader.after(0, 500); !page.isEmpty(); page = reader.after(position, 500)) {
            registry.bean(EventVault.class).open(page).forEach(opened -> {
                if (opened.event() instanceof QualificationRegistered registered) {
                    times.merge(registered.supplierReference(), 1, Integer::sum);
                }
            });
            position = page.getLast().position();
        }
        return times;
    }

    private static long tags(RegistryFixture registry) throws SQLException {
        try (Connection superuser = superuser(registry);
                var rows = superuser.createStatement().executeQuery("SELECT count(*) FROM eventstore.event_tag")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Connection superuser(RegistryFixture registry) throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(
                registry.database(Database.EVENTSTORE).url(), login.username(), login.password());
    }
}
