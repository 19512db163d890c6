package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitNothingParked;
import static eu.diplomatics.query.Deliveries.awaitSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** L01: whatever Kafka delivers, the projection is the store's copy, and answers are never stale. */
class ProjectionTest {
    private static final AtomicInteger PERSON = new AtomicInteger(1_000);
    private static QueryFixture fixture;
    private static RunningQuery query;

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        query = fixture.start();
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
    }

    private static Insz person() {
        return Examples.insz(PERSON.incrementAndGet());
    }

    private static long versionAnswered(Registered registered) {
        return query.read("/v1/qualifications/" + registered.reference())
                .json()
                .path("version")
                .asLong();
    }

    private static long setAside() {
        return query.get("/actuator/health")
                .json()
                .path("components")
                .path("projection")
                .path("details")
                .path("setAside")
                .asLong(-1);
    }

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
        await().until(() -> query.standing().path("projected").path("position").asLong() >= position);
    }

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

        await().until(() -> versionAnswered(other) == 1);
        await().atMost(Duration.ofSeconds(20)).until(() -> versionAnswered(corrected) == 2);
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    private static void send(Poison poison, StoredEvent genuine) {
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

        assertThat(versionAnswered(registered)).isEqualTo(2);
        Registered annulled = fixture.registry().annul(registered.reference());
        fixture.relay().publishAll();
        JsonNode found = query.consult(
                        insz.digits(),
                        "X-Min-Position",
                        Long.toString(annulled.place().position()))
                .json()
                .path("qualifications");
        assertThat(found.size()).isEqualTo(1);
        assertThat(found.path(0).path("state").asString()).isEqualTo("ANNULLED");
        assertThat(setAside()).isEqualTo(1);
        assertThat(fixture.count(
                        Database.QUERY,
                        "SELECT count(*) FROM projection.event WHERE stream = '" + registered.reference() + "'"))
                .isEqualTo(1);

        fixture.tamper(Database.QUERY, "UPDATE projection.parked_stream SET retry_at = now()");
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    @Test
    void aParkedStreamThatTheStoreCannotShowRightEitherIsRefusedWithACode() {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        fixture.relay().publishAll();
        awaitSame(fixture);
        fixture.tamper(
                Database.EVENTSTORE,
                "SET session_replication_role = replica; UPDATE eventstore.event"
                        + " SET recorded_at = recorded_at - interval '1 day' WHERE stream = '" + registered.reference()
                        + "'");
        fixture.tamper(
                Database.QUERY,
                "UPDATE projection.event SET leaf = '\\x00' WHERE stream = '" + registered.reference() + "'");
        try {
            assertThat(query.read("/v1/qualifications/" + registered.reference())
                            .code())
                    .isEqualTo("RECORD_UNAVAILABLE");
            assertThat(query.consult(insz.digits()).code()).isEqualTo("RECORD_UNAVAILABLE");
            // nor does repair take into the projection what has another leaf than it says
            String parked = "FROM projection.parked_stream WHERE stream = '" + registered.reference() + "'";
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.count(Database.QUERY, "SELECT coalesce(max(attempts), 0) " + parked) > 1);
            assertThat(fixture.strings(Database.QUERY, "SELECT reason " + parked))
                    .containsExactly("LEAF_MISMATCH");
        } finally {
            fixture.tamper(
                    Database.EVENTSTORE,
                    "SET session_replication_role = replica; UPDATE eventstore.event"
                            + " SET recorded_at = recorded_at + interval '1 day' WHERE stream = '"
                            + registered.reference()
                            + "'");
        }
        fixture.tamper(Database.QUERY, "UPDATE projection.parked_stream SET retry_at = now()");
        awaitNothingParked(query);
        assertThat(versionAnswered(registered)).isEqualTo(1);
    }

    @Test
    void anEventWhoseContentTheStoreHasLostSetsItsStreamAsideAndNothingElseWaits() {
        Registered registered = fixture.registry().register(person());
        Registered corrected = fixture.registry().correct(registered.reference(), Examples.secondary());
        StoredEvent whole = Deliveries.event(fixture, registered.reference(), 2);
        fixture.tamper(Database.EVENTSTORE, "DELETE FROM eventstore.ciphertext_1 WHERE position = " + whole.position());
        Registered other = fixture.registry().register(person());
        fixture.relay().publishAll();

        await().until(() -> versionAnswered(other) == 1);
        awaitContentLost();
        assertThat(query.read("/v1/qualifications/" + registered.reference()).code())
                .isEqualTo("RECORD_UNAVAILABLE");
        query.send("POST", "/actuator/projection/rebuild", "", "Content-Type", "application/json");
        await().until(() -> !query.standing().path("rebuilding").asBoolean());
        awaitContentLost();
        assertThat(versionAnswered(other)).isEqualTo(1);
        query.send("POST", "/actuator/projection/drift-check", "", "Content-Type", "application/json");
        assertThat(setAside()).isEqualTo(1);

        fixture.tamper(
                Database.EVENTSTORE,
                "INSERT INTO eventstore.ciphertext_1 VALUES (%d, decode('%s', 'hex'))"
                        .formatted(whole.position(), HexFormat.of().formatHex(whole.ciphertext())));
        fixture.tamper(Database.QUERY, "UPDATE projection.parked_stream SET retry_at = now()");
        awaitNothingParked(query);
        awaitSame(fixture);
        assertThat(versionAnswered(corrected)).isEqualTo(2);
    }

    private static void awaitContentLost() {
        await().until(() ->
                query.standing().path("parkedByReason").path("CONTENT_LOST").asLong() == 1);
    }

    @Test
    void aRecordOfNoKnownStreamIsCountedLookUpsReadTheStoreAndTheDriftCheckResolvesIt() {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        fixture.relay().send(null, new byte[] {1, 2, 3}, Map.of());
        fixture.relay().forgetAfter(registered.place().position());
        fixture.relay().publishAll();

        await().until(() -> query.standing().path("unattributed").asLong() == 1);
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
        fixture.relay().send(null, new byte[] {4, 5, 6}, Map.of());
        fixture.relay().forgetAfter(annulled);
        fixture.relay().publishAll();
        await().until(() -> query.standing().path("unattributed").asLong() == 1);
        awaitProjected(annulled);

        String path = "/v1/qualifications/" + registered.reference();
        assertThat(query.read(path).json().path("state").asString()).isEqualTo("ANNULLED");
        assertThat(query.read(path + "/history").json().path("versions").size()).isEqualTo(2);

        query.send("POST", "/actuator/projection/drift-check", "", "Content-Type", "application/json");
        awaitNothingParked(query);
        awaitSame(fixture);
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

            awaitProjected(second.place().position());

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

    private static void awaitProjected(long position) {
        await().until(() -> query.standing().path("projected").path("position").asLong() >= position);
    }

    private static void sendUnderAnotherHolder(StoredEvent genuine, boolean keyToo) {
        StoredEvent forged = Deliveries.with(genuine, UUID.randomUUID());
        byte[] key = TestRelay.bytes(keyToo ? forged.holder() : genuine.holder());
        fixture.relay().send(key, EventFrame.encode(forged), Deliveries.headers(genuine));
    }

    private static void flip(Database database, String table, String column, String where) {
        fixture.tamper(
                database,
                "SET session_replication_role = replica; UPDATE %1$s SET %2$s = set_byte(%2$s, 40, get_byte(%2$s, 40) # 1) WHERE %3$s"
                        .formatted(table, column, where));
    }

    private static void flipInStoreAndKeyring(Registered sealed, Registered keyed) {
        flip(
                Database.EVENTSTORE,
                "eventstore.ciphertext_1",
                "ciphertext",
                "position = " + sealed.place().position());
        flip(Database.KEYRING, "keyring.data_key", "wrapped", "id = '" + keyed.reference() + "'");
    }

    private static long askedOfTheCustodian() throws IOException {
        try (Stream<Path> files = Files.walk(fixture.directory().resolve("audit"))) {
            return files.filter(Files::isRegularFile)
                    .flatMap(file -> {
                        try {
                            return Files.readAllLines(file).stream();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .filter(line -> line.contains("\"client\":\"query\"") && line.contains("\"verb\":\"INDEX\""))
                    .count();
        }
    }

    @Test
    void whatIsBrokenInTheStoreTooFailsItsOwnQuestionOnlyIsLoggedAndNotLookedUpAgain() throws IOException {
        List<Insz> people = List.of(person(), person(), person());
        List<Registered> registered =
                people.stream().map(fixture.registry()::register).toList();
        fixture.relay().publishAll();
        awaitSame(fixture);
        long logged = fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
        long asked = askedOfTheCustodian();
        flipInStoreAndKeyring(registered.getFirst(), registered.getLast());
        flip(
                Database.QUERY,
                "projection.event",
                "ciphertext",
                "stream = '" + registered.getFirst().reference() + "'");
        try {
            JsonNode answers = query.post(
                            "/v1/consultations/batch",
                            people.stream()
                                    .map(Insz::digits)
                                    .collect(Collectors.joining("\",\"", "{\"insz\":[\"", "\"]}")),
                            RunningQuery.agency())
                    .json()
                    .path("answers");

            assertThat(answers.valueStream()
                            .map(each -> each.path("status").asString()
                                    + each.path("code").asString("")))
                    .containsExactly("INVALIDRECORD_UNAVAILABLE", "FOUND", "INVALIDRECORD_UNAVAILABLE");
            assertThat(fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry") - logged)
                    .isEqualTo(3);
            assertThat(askedOfTheCustodian() - asked).isEqualTo(1);
            for (Registered broken : List.of(registered.getFirst(), registered.getLast())) {
                assertThat(query.read("/v1/qualifications/" + broken.reference())
                                .code())
                        .isEqualTo("RECORD_UNAVAILABLE");
            }
            assertThat(query.consult(people.getFirst().digits()).code()).isEqualTo("RECORD_UNAVAILABLE");
        } finally {
            flipInStoreAndKeyring(registered.getFirst(), registered.getLast());
        }
        query.send("POST", "/actuator/projection/drift-check", "", "Content-Type", "application/json");
        awaitNothingParked(query);
        awaitSame(fixture);
        assertThat(versionAnswered(registered.getFirst())).isEqualTo(1);
    }

    @Test
    void severalRowsThatDoNotOpenAreAllReadFromTheStoreAndRaiseNoAlarm() {
        Insz insz = person();
        Registered first = fixture.registry().register(insz);
        Registered second = fixture.registry().register(insz, Examples.secondary());
        fixture.relay().publishAll();
        awaitSame(fixture);
        String alarms = alarms();
        flip(
                Database.QUERY,
                "projection.event",
                "ciphertext",
                "stream IN ('" + first.reference() + "', '" + second.reference() + "')");

        assertThat(query.consult(insz.digits()).json().path("qualifications").size())
                .isEqualTo(2);
        assertThat(alarms()).isEqualTo(alarms);
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    private static String alarms() {
        return query.get("/actuator/health")
                .json()
                .path("components")
                .path("alarms")
                .toString();
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
        Registered registered = fixture.registry().register(person());
        fixture.registry().correct(registered.reference(), Examples.secondary());
        fixture.relay().publishAll();
        awaitSame(fixture);
        long before = query.standing().path("drift").path("differences").asLong();
        fixture.tamper(Database.QUERY, planted.formatted(registered.reference()));

        JsonNode result = query.send(
                        "POST", "/actuator/projection/drift-check", "{}", "Content-Type", "application/json")
                .json();

        assertThat(result.path("differing").asInt()).isEqualTo(1);
        assertThat(result.path("repaired").asInt()).isEqualTo(1);
        assertThat(query.standing().path("drift").path("differences").asLong()).isEqualTo(before + 1);
        awaitNothingParked(query);
        awaitSame(fixture);
        assertThat(versionAnswered(registered)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE projection.event SET leaf = decode(repeat('ab', 32), 'hex') WHERE stream = '%s' AND version = 2",
                "UPDATE projection.event SET ciphertext = ciphertext || '\\x00' WHERE stream = '%s' AND version = 1",
                "DELETE FROM projection.event WHERE stream = '%s' AND version = 1",
                "UPDATE projection.event SET recorded_at = recorded_at - interval '1 year' WHERE stream = '%s'"
            })
    void aRowThatIsNotRightIsNotAnsweredFromEvenBeforeAnyDriftCheck(String planted) {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        Registered corrected = fixture.registry().correct(registered.reference(), Examples.secondary());
        fixture.relay().publishAll();
        awaitSame(fixture);
        fixture.tamper(Database.QUERY, planted.formatted(registered.reference()));

        JsonNode found =
                query.consult(insz.digits()).json().path("qualifications").path(0);

        assertThat(found.path("version").asLong()).isEqualTo(2);
        assertThat(query.read("/v1/qualifications/" + registered.reference() + "/history")
                        .json()
                        .path("versions")
                        .path(1)
                        .path("recordedAt")
                        .asString())
                .isEqualTo(corrected.place().recordedAt().toString());
        awaitNothingParked(query);
        awaitSame(fixture);
    }

    @Test
    void anIdentityThatIsGoneFromTheProjectionDoesNotHideItsHolder() {
        Insz insz = person();
        Registered registered = fixture.registry().register(insz);
        fixture.relay().publishAll();
        awaitSame(fixture);
        fixture.tamper(Database.QUERY, "DELETE FROM projection.event WHERE stream = '" + registered.holder() + "'");
        assertThat(query.consult(insz.digits()).json().path("status").asString())
                .isEqualTo("FOUND");
        assertThat(query.read("/v1/qualifications/" + registered.reference())
                        .json()
                        .path("holder")
                        .path("insz")
                        .asString())
                .isEqualTo(insz.digits());
        query.send("POST", "/actuator/projection/drift-check", "{}", "Content-Type", "application/json");
        awaitSame(fixture);
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
        assertThat(query.consult(insz.digits(), "X-Min-Position", Long.toString(position))
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

        await().atMost(Duration.ofSeconds(60)).until(() -> versionAnswered(next) == 1);
        assertThat(versionAnswered(lost)).isEqualTo(1);
        awaitSame(fixture);
        Registered after = fixture.registry().register(person());
        long head = fixture.relay().publishAll();
        await().atMost(Duration.ofSeconds(60)).until(() -> versionAnswered(after) == 1);
        await().until(() -> query.standing().path("projected").path("position").asLong() == head);
    }
}
