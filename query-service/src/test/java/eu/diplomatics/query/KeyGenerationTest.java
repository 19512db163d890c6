package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitNothingParked;
import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.person;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Insz;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the log goes over to a new key generation, the query side (R16, L01)")
class KeyGenerationTest {
    private static final String OTHER_GENERATION =
            "SELECT count(*) FROM projection.event WHERE key_generation <> 2 OR octet_length(ciphertext) < 2";

    @Test
    void drains_the_old_topic_rebuilds_its_copy_and_answers_meanwhile() {
        try (QueryFixture fixture = new QueryFixture();
                RunningQuery query = fixture.start()) {
            List<Insz> people = register(fixture, 300);
            fixture.relay().publishAll();
            awaitSame(fixture);
            List<Insz> asked = List.copyOf(people);
            AtomicBoolean ended = new AtomicBoolean();
            CompletableFuture<Integer> asking = CompletableFuture.supplyAsync(() -> ask(query, asked, ended));

            Reencryption reencryption = fixture.reencryption();
            reencryption.copyAndSwitch((position, head) -> {});
            assertThat(reencryption.drop(1)).as("dropped under a reader").isFalse();
            fixture.registry().sealUnder(2);
            TestRelay next = fixture.relay(2);
            people.addAll(register(fixture, 20));
            long head = next.publishAll();
            fixture.relay().end(2);

            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            query.standing().path("projected").path("position").asLong() >= head);
            await().atMost(Duration.ofSeconds(60)).until(() -> fixture.count(Database.QUERY, OTHER_GENERATION) == 0);
            await().atMost(Duration.ofSeconds(60)).until(() -> reencryption.readersOf(1) == 0);
            assertThat(reencryption.drop(1)).isTrue();
            dropKeys(fixture);
            ended.set(true);
            assertThat(asking.join()).isPositive();
            awaitSame(fixture);
            awaitNothingParked(query);
            people.addAll(register(fixture, 1));
            next.publishAll();
            awaitSame(fixture);
            people.forEach(insz -> assertFound(query, insz));
        }
    }

    @Test
    void is_not_fooled_by_keys_that_went_while_it_was_down() {
        try (QueryFixture fixture = new QueryFixture()) {
            List<Insz> people = register(fixture, 5);
            fixture.relay().publishAll();
            try (RunningQuery query = fixture.start()) {
                awaitSame(fixture);
                assertFound(query, people.getFirst());
            }
            // so long that what it said it reads has run out
            fixture.tamper(Database.EVENTSTORE, "UPDATE eventstore.generation_lease SET expires_at = now()");
            fixture.tamper(Database.QUERY, "UPDATE projection.key_generation SET held_until = now()");
            Reencryption reencryption = fixture.reencryption();
            reencryption.copyAndSwitch((position, head) -> {});
            assertThat(reencryption.drop(1)).isTrue();
            dropKeys(fixture);
            fixture.relay(2).publishAll();

            try (RunningQuery query = fixture.start()) {
                people.forEach(insz -> assertFound(query, insz));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> fixture.count(Database.QUERY, OTHER_GENERATION) == 0);
                awaitSame(fixture);
                people.forEach(insz -> assertFound(query, insz));
            }
        }
    }

    private static List<Insz> register(QueryFixture fixture, int count) {
        List<Insz> people = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Insz insz = person();
            fixture.registry().register(insz);
            people.add(insz);
        }
        return people;
    }

    private static int ask(RunningQuery query, List<Insz> people, AtomicBoolean ended) {
        int asked = 0;
        while (!ended.get()) {
            assertFound(query, people.get(asked++ % people.size()));
        }
        return asked;
    }

    private static void assertFound(RunningQuery query, Insz insz) {
        assertThat(query.consult(insz.digits()).json().path("status").asString())
                .isEqualTo("FOUND");
    }

    private static void dropKeys(QueryFixture fixture) {
        fixture.tamper(Database.KEYRING, "DELETE FROM keyring.data_key WHERE generation = 1 AND regime <> 'JOB'");
    }
}
