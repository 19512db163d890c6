package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitNothingParked;
import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.eventually;
import static eu.diplomatics.query.Deliveries.person;
import static eu.diplomatics.query.Deliveries.versionAnswered;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** L01: whatever Kafka delivers, the projection is the store's copy, and is made so again when it is not. */
class ProjectionTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();

    @Test
    void repeatedAndReorderedDeliveriesHaveOneEffect() {
        for (int i = 0; i < 20; i++) {
            Registered registered = fixture.registry().register(person());
            fixture.registry().correct(registered.reference(), Examples.secondary());
        }
        List<StoredEvent> events = new ArrayList<>(fixture.store().after(0, 10_000));
        Collections.shuffle(events, new Random(7));
        events.forEach(fixture.relay()::publish);
        events.forEach(fixture.relay()::publish);
        fixture.relay().forgetAfter(0);
        long head = fixture.relay().publishAll();

        awaitSame(fixture);
        awaitNothingParked(query);
        assertThat(query.standing().path("projected").path("position").asLong()).isEqualTo(head);
    }

    @Test
    void freshnessIsTheLeastOfAllPartitionsAndMovesByHeartbeats() {
        fixture.relay().publishAll();
        Registered registered = fixture.registry().register(person());
        long position = registered.place().position();
        fixture.store().after(position - 2, 10).forEach(fixture.relay()::publish);
        awaitSame(fixture);
        assertThat(query.standing().path("projected").path("position").asLong()).isLessThan(position);
        fixture.relay().publishAll();
        eventually()
                .until(() -> query.standing().path("projected").path("position").asLong() >= position);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM projection.event WHERE stream = '%s' AND version = 1",
                "DELETE FROM projection.event WHERE stream = '%s' AND version = 2",
                "DELETE FROM projection.event WHERE stream = '%s'",
                "UPDATE projection.event SET leaf = decode(repeat('ab', 32), 'hex') WHERE stream = '%s' AND version = 2",
                "UPDATE projection.event SET ciphertext = ciphertext || '\\x00' WHERE stream = '%s' AND version = 1",
                "UPDATE projection.event SET recorded_at = recorded_at - interval '1 year' WHERE stream = '%s'",
                "UPDATE projection.event SET position = position + 1000000 WHERE stream = '%s' AND version = 2",
                "UPDATE projection.event SET holder = gen_random_uuid() WHERE stream = '%s'",
                """
                INSERT INTO projection.event SELECT '%s', 3, position + 2000000, recorded_at, type, type_version, holder,
                       command, commitment, leaf, key_generation, ciphertext
                  FROM projection.event WHERE version = 2 LIMIT 1""",
                """
                INSERT INTO projection.event SELECT gen_random_uuid(), 1, position, recorded_at, type, type_version,
                       holder, command, commitment, leaf, key_generation, ciphertext
                  FROM projection.event WHERE stream = '%s' AND version = 2"""
            })
    void driftPlantedByASuperuserIsFoundReportedAndRepaired(String planted) {
        JsonNode result = checkedAfter(planted);
        if (result.path("differing").asInt() == 0) {
            // the check of the minute came first, and does not come twice in one
            result = checkedAfter(planted);
        }
        assertThat(result.path("differing").asInt()).isEqualTo(1);
        assertThat(result.path("repaired").asInt()).isEqualTo(1);
    }

    private JsonNode checkedAfter(String planted) {
        Registered registered = fixture.registry().register(person());
        fixture.registry().correct(registered.reference(), Examples.secondary());
        fixture.relay().publishAll();
        awaitSame(fixture);
        long before = query.standing().path("drift").path("differences").asLong();
        fixture.tamper(Database.QUERY, planted.formatted(registered.reference()));

        JsonNode result = query.send(
                        "POST", "/actuator/projection/drift-check", "{}", "Content-Type", "application/json")
                .json();

        eventually()
                .until(() -> query.standing().path("drift").path("differences").asLong() == before + 1);
        awaitNothingParked(query);
        awaitSame(fixture);
        assertThat(versionAnswered(query, registered)).isEqualTo(2);
        return result;
    }

    @Test
    void aRebuildEqualsTheStoreAndAnswersGoOnMeanwhile() {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        for (int i = 0; i < 600; i++) {
            fixture.registry().register(person());
        }
        fixture.relay().publishAll();
        awaitSame(fixture);
        fixture.tamper(Database.QUERY, "UPDATE projection.event SET ciphertext = '\\x00' WHERE position % 3 = 0");
        JsonNode started = query.send("POST", "/actuator/projection/rebuild", "{}", "Content-Type", "application/json")
                .json();
        assertThat(started.path("state").asString()).isEqualTo("STARTED");
        CompletableFuture<Registered> meanwhile =
                CompletableFuture.supplyAsync(() -> fixture.registry().annul(registered.reference()));
        int answered = 0;
        while (query.standing().path("rebuilding").asBoolean() || answered < 20) {
            assertThat(query.consult(insz.digits()).json().path("status").asString())
                    .isEqualTo("FOUND");
            answered++;
        }
        long position = meanwhile.join().place().position();
        fixture.relay().publishAll();
        awaitNothingParked(query);
        awaitSame(fixture);
        assertThat(query.consult(insz.digits(), Deliveries.after(query, position))
                        .json()
                        .path("qualifications")
                        .path(0)
                        .path("state")
                        .asString())
                .isEqualTo("ANNULLED");
    }

    @Test
    void aTopicThatIsMadeAnewIsMadeUpForFromTheStore() {
        fixture.relay().publishAll();
        awaitSame(fixture);
        fixture.relay().deleteTopic();
        Registered lost = fixture.registry().register(person());
        fixture.relay().createTopicAgain();
        Registered next = fixture.registry().register(person());
        fixture.relay().forgetAfter(lost.place().position());
        fixture.relay().publishAll();

        eventually().until(() -> versionAnswered(query, next) == 1);
        assertThat(versionAnswered(query, lost)).isEqualTo(1);
        awaitSame(fixture);
        Registered after = fixture.registry().register(person());
        long head = fixture.relay().publishAll();
        eventually().until(() -> versionAnswered(query, after) == 1);
        eventually()
                .until(() -> query.standing().path("projected").path("position").asLong() == head);
    }
}
