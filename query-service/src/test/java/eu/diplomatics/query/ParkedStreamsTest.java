package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitNothingParked;
import static eu.diplomatics.query.Deliveries.awaitProjected;
import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.eventually;
import static eu.diplomatics.query.Deliveries.person;
import static eu.diplomatics.query.Deliveries.setAside;
import static eu.diplomatics.query.Deliveries.versionAnswered;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** L01: a record that cannot be used sets its stream aside; no answer is stale for it, and repair loses nothing. */
class ParkedStreamsTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();

    private enum Poison {
        GARBAGE,
        TRUNCATED,
        LEAF,
        TYPE,
        TYPE_VERSION,
        HOLDER,
        GAP,
        OTHER_CONTENT,
        NO_VALUE
    }

    @ParameterizedTest
    @EnumSource
    void aPoisonedRecordParksItsStreamOthersGoOnAndItIsRepairedFromTheStore(Poison poison) {
        Registered registered = fixture.registry().register(person());
        fixture.relay().publishAll();
        Registered corrected = fixture.registry().correct(registered.reference(), Examples.secondary());
        StoredEvent genuine = Deliveries.event(fixture, registered.reference(), 2);
        send(poison, genuine);
        Registered other = fixture.registry().register(person());
        fixture.relay().forgetAfter(genuine.position());
        fixture.relay().publishAll();

        eventually().until(() -> versionAnswered(query, other) == 1);
        eventually().until(() -> versionAnswered(query, corrected) == 2);
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    private void send(Poison poison, StoredEvent genuine) {
        EventContext context = genuine.context();
        byte[] key = TestRelay.bytes(genuine.holder());
        byte[] frame = EventFrame.encode(genuine);
        Map<String, byte[]> headers = Deliveries.headers(genuine);
        TestRelay relay = fixture.relay();
        switch (poison) {
            case GARBAGE -> relay.send(key, "no frame".getBytes(StandardCharsets.UTF_8), headers);
            case TRUNCATED -> relay.send(key, Arrays.copyOf(frame, frame.length - 1), headers);
            case LEAF -> {
                frame[3] ^= 1;
                relay.send(key, frame, headers);
            }
            case TYPE ->
                relay.send(
                        key,
                        EventFrame.encode(Deliveries.with(
                                genuine, new EventContext(context.stream(), context.version(), "Unheard", 1))),
                        headers);
            case TYPE_VERSION ->
                relay.send(
                        key,
                        EventFrame.encode(Deliveries.with(
                                genuine, new EventContext(context.stream(), context.version(), context.type(), 9))),
                        headers);
            case HOLDER -> relay.send(TestRelay.bytes(UUID.randomUUID()), frame, headers);
            case GAP ->
                relay.send(
                        key,
                        EventFrame.encode(
                                Deliveries.with(genuine, new EventContext(context.stream(), 7, context.type(), 1))),
                        headers);
            case OTHER_CONTENT -> {
                relay.publish(genuine);
                relay.send(
                        key,
                        EventFrame.encode(Deliveries.with(
                                genuine, new EventContext(context.stream(), 2, "QualificationAnnulled", 1))),
                        headers);
            }
            case NO_VALUE -> relay.send(key, null, headers);
        }
    }

    @Test
    void aParkedStreamIsAnsweredFromTheStoreItsLaterRecordsWaitAndNothingIsLostAtItsRepair() {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        fixture.registry().correct(registered.reference(), Examples.secondary());
        fixture.relay().publishAll();
        awaitSame(fixture);
        fixture.tamper(Database.QUERY, """
                INSERT INTO projection.parked_stream (stream, holder, reason, retry_at)
                VALUES ('%s', '%s', 'FRAME_MALFORMED', now() + interval '1 hour')
                """.formatted(registered.reference(), registered.holder()));
        fixture.tamper(
                Database.QUERY,
                "DELETE FROM projection.event WHERE version = 2 AND stream = '" + registered.reference() + "'");

        assertThat(versionAnswered(query, registered)).isEqualTo(2);
        Registered annulled = fixture.registry().annul(registered.reference());
        fixture.relay().publishAll();
        JsonNode found = query.consult(
                        insz.digits(), Deliveries.after(query, annulled.place().position()))
                .json()
                .path("qualifications");
        assertThat(found.size()).isEqualTo(1);
        assertThat(found.path(0).path("state").asString()).isEqualTo("ANNULLED");
        assertThat(setAside(query)).isEqualTo(1);
        assertThat(fixture.count(
                        Database.QUERY,
                        "SELECT count(*) FROM projection.event WHERE stream = '" + registered.reference() + "'"))
                .isEqualTo(1);

        fixture.tamper(Database.QUERY, "UPDATE projection.parked_stream SET retry_at = now()");
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    @Test
    void aRecordOfNoKnownStreamIsCountedLookUpsReadTheStoreAndTheDriftCheckResolvesIt() {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        whileNobodySettlesIt(() -> {
            fixture.relay().send(null, new byte[] {1, 2, 3}, Map.of());
            fixture.relay().forgetAfter(registered.place().position());
            fixture.relay().publishAll();

            eventually().until(() -> query.standing().path("unattributed").asLong() == 1);
            assertThat(query.get("/actuator/health")
                            .json()
                            .path("components")
                            .path("projection")
                            .path("status")
                            .asString())
                    .isEqualTo("DEGRADED");
            // its own record was lost: only the store knows this person
            JsonNode found = query.consult(insz.digits()).json();
            assertThat(found.path("status").asString()).isEqualTo("FOUND");
        });

        query.send("POST", "/actuator/projection/drift-check", "", "Content-Type", "application/json");
        assertThat(query.standing().path("unattributed").asLong()).isZero();
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    @Test
    void anAnnulmentOfWhichNotEvenTheStreamCanBeReadIsNotHiddenFromReadsByReference() {
        Registered registered = fixture.registry().register(person());
        fixture.relay().publishAll();
        awaitSame(fixture);
        long annulled = fixture.registry().annul(registered.reference()).place().position();
        whileNobodySettlesIt(() -> {
            fixture.relay().send(null, new byte[] {4, 5, 6}, Map.of());
            fixture.relay().forgetAfter(annulled);
            fixture.relay().publishAll();
            eventually().until(() -> query.standing().path("unattributed").asLong() == 1);
            awaitProjected(query, annulled);

            String path = "/v1/qualifications/" + registered.reference();
            assertThat(query.read(path).json().path("state").asString()).isEqualTo("ANNULLED");
            assertThat(query.read(path + "/history").json().path("versions").size())
                    .isEqualTo(2);
        });

        query.send("POST", "/actuator/projection/drift-check", "", "Content-Type", "application/json");
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    /** Else the drift check of the minute may have done so before anybody looks. */
    private void whileNobodySettlesIt(Runnable looked) {
        fixture.tamper(Database.QUERY, "REVOKE UPDATE ON projection.unattributed_record FROM qs_projector");
        try {
            looked.run();
        } finally {
            fixture.tamper(Database.QUERY, "GRANT UPDATE ON projection.unattributed_record TO qs_projector");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordThatNamesAnotherHolderDoesNotHideItsStreamFromItsOwn(boolean keyToo) {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        fixture.relay().publishAll();
        awaitSame(fixture);
        // parked streams stay parked, as they do for a moment anyway
        fixture.tamper(
                Database.QUERY,
                "ALTER TABLE projection.parked_stream ALTER retry_at SET DEFAULT now() + interval '1 hour'");
        try {
            fixture.registry().annul(registered.reference());
            sendUnderAnotherHolder(Deliveries.event(fixture, registered.reference(), 2), keyToo);
            Registered second = fixture.registry().register(insz, Examples.secondary());
            // its first record: nothing here says whose it is, only a key and a frame that disagree
            sendUnderAnotherHolder(Deliveries.event(fixture, second.reference(), 1), false);
            fixture.relay().forgetAfter(second.place().position());
            fixture.relay().publishAll();

            awaitProjected(query, second.place().position());

            JsonNode found = query.consult(insz.digits()).json().path("qualifications");

            assertThat(found.valueStream()
                            .map(each -> each.path("reference").asString() + " "
                                    + each.path("state").asString()))
                    .containsExactlyInAnyOrder(
                            registered.reference() + " ANNULLED", second.reference() + " REGISTERED");
        } finally {
            fixture.tamper(
                    Database.QUERY,
                    "ALTER TABLE projection.parked_stream ALTER retry_at SET DEFAULT clock_timestamp()");
            fixture.tamper(Database.QUERY, "UPDATE projection.parked_stream SET retry_at = now()");
        }
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    private void sendUnderAnotherHolder(StoredEvent genuine, boolean keyToo) {
        StoredEvent forged = Deliveries.with(genuine, UUID.randomUUID());
        byte[] key = TestRelay.bytes(keyToo ? forged.holder() : genuine.holder());
        fixture.relay().send(key, EventFrame.encode(forged), Deliveries.headers(genuine));
    }
}
