package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitNothingParked;
import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.person;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What was shredded is gone on every path at once, and stays so however the copy is made anew (R04, L02). */
class ShreddedEverywhereTest {
    /** What is allowed; each question is asked once, so nothing that becomes true later passes. */
    private static final Duration BOUND = Duration.ofMinutes(1);

    @Test
    void a_projection_that_is_rebuilt_from_zero_answers_as_before() {
        try (QueryFixture fixture = new QueryFixture();
                RunningQuery query = fixture.start()) {
            Case some = Case.register(fixture);
            awaitSame(fixture);
            some.shred(fixture);
            List<JsonNode> before = some.answers(query);

            String table = "SELECT 'projection.event'::regclass::oid::bigint";
            long old = fixture.count(Database.QUERY, table);
            Answer rebuild = query.post("/actuator/projection/rebuild", "{}");
            assertThat(rebuild.status()).isEqualTo(200);
            assertThat(rebuild.json().path("state").asString()).isEqualTo("STARTED");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> fixture.count(Database.QUERY, table) != old
                            && !query.standing().path("rebuilding").asBoolean(true));
            assertThat(fixture.count(
                            Database.QUERY, "SELECT count(*) FROM projection.event WHERE position <= " + some.head))
                    .isEqualTo(some.head);

            assertThat(some.answers(query)).isEqualTo(before);
            assertThat(query.post("/actuator/projection/drift-check", "{}").status())
                    .isEqualTo(200);
            awaitSame(fixture);
            awaitNothingParked(query);
            assertThat(some.answers(query)).isEqualTo(before);
            Insz later = person();
            fixture.registry().register(later);
            fixture.relay().publishAll();
            awaitSame(fixture);
            assertThat(query.consult(later.digits()).json().path("status").asString())
                    .isEqualTo("FOUND");
        }
    }

    @Test
    void after_a_re_encryption_that_leaves_it_out_everything_is_answered_as_before() {
        try (QueryFixture fixture = new QueryFixture();
                RunningQuery query = fixture.start()) {
            Case some = Case.register(fixture);
            awaitSame(fixture);
            some.shred(fixture);
            List<JsonNode> before = some.answers(query);

            fixture.reencryption().copyAndSwitch((position, head) -> {});
            fixture.registry().sealUnder(2);
            TestRelay next = fixture.relay(2);
            Insz later = person();
            fixture.registry().register(later);
            next.publishAll();
            fixture.relay().end(2);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> fixture.count(
                                    Database.QUERY, "SELECT count(*) FROM projection.event WHERE key_generation <> 2")
                            == 0);

            assertThat(some.answers(query)).isEqualTo(before);
            some.assertGone(query);
            awaitSame(fixture);
            assertThat(query.consult(later.digits()).json().path("status").asString())
                    .isEqualTo("FOUND");
        }
    }

    @Test
    void every_path_answers_without_it_at_once_also_while_the_copy_is_parked_or_down() {
        try (PostgresInstance copy = TestServices.dedicatedPostgres();
                QueryFixture fixture = new QueryFixture(TestServices.kafka(), Map.of(Database.QUERY, copy));
                RunningQuery query = fixture.start()) {
            Case some = Case.register(fixture);
            awaitSame(fixture);
            some.answers(query);
            some.shred(fixture);
            Instant shredded = Instant.now();
            some.assertGone(query);
            assertThat(Duration.between(shredded, Instant.now())).isLessThan(BOUND);

            for (UUID stream : List.of(some.erased.holder(), some.wrong.reference(), some.wrong.holder())) {
                fixture.tamper(Database.QUERY, """
                        INSERT INTO projection.parked_stream (stream, holder, reason, retry_at)
                        VALUES ('%s', '%s', 'VERSION_GAP', now() + interval '1 hour')""".formatted(
                                stream, stream.equals(some.erased.holder()) ? stream : some.wrong.holder()));
            }
            some.assertGone(query);
            copy.kill();
            try {
                some.assertGone(query);
            } finally {
                copy.restart();
            }
        }
    }

    /** Two people: of one the identity is erased, of the other one of two records was never to be. */
    private record Case(
            Insz one,
            Insz other,
            Registered erased,
            Registered erasedToo,
            Registered wrong,
            Registered right,
            long head,
            Instant asOf) {
        static Case register(QueryFixture fixture) {
            Insz one = person();
            Insz other = person();
            Registered erased = fixture.registry().register(one);
            Registered erasedToo = fixture.registry().register(one, Examples.secondary());
            Registered wrong = fixture.registry().register(other);
            fixture.registry().correct(wrong.reference(), Examples.secondary());
            Registered right = fixture.registry().register(other, Examples.secondary());
            long head = fixture.relay().publishAll();
            return new Case(one, other, erased, erasedToo, wrong, right, head, Instant.now());
        }

        /** As the registry does, by the ledger. */
        void shred(QueryFixture fixture) {
            ShredLedger ledger = fixture.ledger();
            for (Shredding.Kind kind : Shredding.Kind.values()) {
                UUID stream = kind == Shredding.Kind.ERASURE ? erased.holder() : wrong.reference();
                ledger.plan(
                        new Shredding(
                                stream,
                                UUID.randomUUID(),
                                kind,
                                "REQUESTED",
                                "GDPR art. 17",
                                Instant.now(),
                                null,
                                0,
                                null),
                        tag(kind),
                        tag(kind));
                ledger.shred(stream, Instant.now());
            }
        }

        private static byte[] tag(Shredding.Kind kind) {
            byte[] tag = new byte[32];
            tag[0] = (byte) kind.ordinal();
            return tag;
        }

        void assertGone(RunningQuery query) {
            JsonNode first = query.consult(one.digits()).json();
            assertThat(first.path("status").asString()).isEqualTo("SHREDDED");
            assertThat(first.path("qualifications").size()).isZero();
            JsonNode batch = query.post("/v1/consultations/batch", numbers(), RunningQuery.agency())
                    .json();
            assertThat(batch.at("/answers/0/status").asString()).isEqualTo("SHREDDED");
            assertThat(batch.at("/answers/1/status").asString()).isEqualTo("FOUND");
            assertThat(states(query)).containsExactlyInAnyOrder("SHREDDED", "REGISTERED");
            for (Registered statutory : List.of(erased, erasedToo)) {
                JsonNode record = query.read(path(statutory)).json();
                assertThat(record.path("state").asString())
                        .as("the law keeps it")
                        .isEqualTo("REGISTERED");
                assertThat(record.has("basis")).isTrue();
                assertThat(record.has("holder")).isFalse();
                assertThat(record.has("holderShredded")).isTrue();
            }
            for (String suffix : List.of("", "?asOf=" + Instant.now())) {
                JsonNode record = query.read(path(wrong) + suffix).json();
                assertThat(record.path("state").asString()).isEqualTo("SHREDDED");
                assertThat(record.has("basis")).isFalse();
                assertThat(record.has("shredded")).isTrue();
            }
            Answer history = query.read(path(wrong) + "/history");
            assertThat(history.status()).isEqualTo(200);
            assertThat(history.json().path("versions")).isNotEmpty().noneMatch(version -> version.has("basis"));
            assertThat(query.read(path(right)).json().path("state").asString()).isEqualTo("REGISTERED");
        }

        private List<String> states(RunningQuery query) {
            List<String> states = new ArrayList<>();
            query.consult(other.digits())
                    .json()
                    .path("qualifications")
                    .forEach(each -> states.add(each.path("state").asString()));
            return states;
        }

        /** Everything that can be asked, without what an answer says of its own time. */
        List<JsonNode> answers(RunningQuery query) {
            List<JsonNode> answers = new ArrayList<>();
            answers.add(query.consult(one.digits()).json());
            answers.add(query.consult(other.digits()).json());
            answers.add(query.post(
                            "/v1/consultations",
                            "{\"insz\":\"" + other.digits() + "\",\"asOf\":\"" + asOf + "\"}",
                            RunningQuery.agency())
                    .json());
            answers.add(query.post("/v1/consultations/batch", numbers(), RunningQuery.agency())
                    .json());
            for (Registered registered : List.of(erased, erasedToo, wrong, right)) {
                answers.add(query.read(path(registered)).json());
                answers.add(query.read(path(registered) + "/history").json());
            }
            answers.forEach(Case::forgetTimes);
            return answers;
        }

        private static void forgetTimes(JsonNode node) {
            if (node instanceof ObjectNode object) {
                object.remove(List.of("freshAsOf", "accessLogId"));
            }
            node.forEach(Case::forgetTimes);
        }

        private String numbers() {
            return "{\"insz\":[\"" + one.digits() + "\",\"" + other.digits() + "\"]}";
        }

        private static String path(Registered registered) {
            return "/v1/qualifications/" + registered.reference();
        }
    }
}
