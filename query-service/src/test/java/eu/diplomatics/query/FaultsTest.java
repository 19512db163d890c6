package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitNothingParked;
import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.KafkaInstance;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** R03, L09: what stops and comes back, and what is answered meanwhile. */
class FaultsTest {
    private KafkaInstance kafka;
    private PostgresInstance projection;
    private QueryFixture fixture;

    @BeforeEach
    void start() {
        kafka = TestServices.dedicatedKafka();
        projection = TestServices.dedicatedPostgres();
        fixture = new QueryFixture(kafka, Map.of(Database.QUERY, projection));
    }

    @AfterEach
    void stop() {
        fixture.close();
        projection.close();
        kafka.close();
    }

    private static long freshAsOf(Answer answer) {
        return answer.json().path("freshAsOf").path("position").asLong(-1);
    }

    @Test
    void killsDuringProjectionLoseNothingAndDoubleNothingAndTheLogShowsNobody() {
        List<Insz> people = new ArrayList<>();
        QueryProcess process = QueryProcess.start(fixture);
        List<String> log = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 150; i++) {
                Insz insz = Examples.insz(20_000 + round * 1_000 + i);
                people.add(insz);
                Registered registered = fixture.registry().register(insz);
                fixture.registry().correct(registered.reference(), Examples.secondary());
            }
            CompletableFuture<Long> publishing = CompletableFuture.supplyAsync(fixture.relay()::publishAll);
            int kept = 100 * round;
            try {
                eventually()
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> fixture.count(Database.QUERY, "SELECT count(*) FROM projection.event") > kept);
            } catch (ConditionTimeoutException e) {
                throw new AssertionError(
                        "round %d, published %s, the service: %s".formatted(round, publishing, process.logLines()), e);
            }
            process.kill();
            publishing.join();
            log.addAll(process.logLines());
            // after a crash of its own the relay sends some again
            fixture.relay().forgetAfter(Math.max(0, publishing.join() - 100));
            process = QueryProcess.start(fixture);
        }
        try (QueryProcess last = process) {
            fixture.relay().publishAll();
            awaitSame(fixture);
            awaitNothingParked(last.query());
            Insz someone = people.get(217);
            assertThat(last.query()
                            .consult(someone.digits())
                            .json()
                            .path("status")
                            .asString())
                    .isEqualTo("FOUND");
            last.query().post("/v1/consultations", "{\"insz\":\"" + someone.digits(), RunningQuery.agency());
            last.query().post("/v1/consultations", "{\"" + someone.digits() + "\":1}", RunningQuery.agency());
            log.addAll(last.logLines());
            assertThat(log).isNotEmpty().allSatisfy(line -> {
                assertThat(JsonMapper.shared().readTree(line).isObject()).isTrue();
                assertThat(line).doesNotContain(someone.digits(), "Sociologie", "job-mediation", "u-4711");
            });
        }
    }

    @Test
    void whileKafkaIsDownAnswersGoOnAndSayHowFreshTheyAreAndAfterwardsNothingIsMissing() {
        Insz insz = Examples.insz(30_001);
        Registered before = fixture.registry().register(insz);
        fixture.relay().publishAll();
        try (RunningQuery query = fixture.start()) {
            eventually()
                    .until(() -> freshAsOf(query.consult(insz.digits()))
                            == before.place().position());
            kafka.stop();
            Registered during = fixture.registry().register(insz, Examples.secondary());

            Answer answer = query.consult(insz.digits());
            assertThat(answer.json().path("qualifications").size()).isEqualTo(1);
            assertThat(freshAsOf(answer)).isEqualTo(before.place().position());
            assertThat(query.consult(
                                    insz.digits(),
                                    "X-Min-Position",
                                    Long.toString(during.place().position()))
                            .code())
                    .isEqualTo("NOT_YET_PROJECTED");

            kafka.restart();
            fixture.relay().publishAll();
            eventually()
                    .until(() -> freshAsOf(query.consult(insz.digits()))
                            == during.place().position());
            awaitSame(fixture);
        }
    }

    @Test
    void aServiceThatStartsWithoutKafkaAnswersWhatTheStoreHolds() {
        Insz insz = Examples.insz(30_002);
        Registered registered = fixture.registry().register(insz);
        kafka.stop();
        try (RunningQuery query = fixture.start()) {
            eventually().until(() -> query.get("/actuator/health/readiness").status() == 200);
            Answer answer = query.consult(insz.digits());
            assertThat(answer.json().path("status").asString()).isEqualTo("FOUND");
            assertThat(freshAsOf(answer)).isEqualTo(registered.place().position());
            kafka.restart();
            Registered later = fixture.registry().register(insz, Examples.secondary());
            fixture.relay().publishAll();
            eventually()
                    .until(() -> freshAsOf(query.consult(insz.digits()))
                            == later.place().position());
            awaitSame(fixture);
        }
    }

    @Test
    void whileTheProjectionsDatabaseIsDownAnswersComeFromTheStoreAndAfterwardsItCatchesUp() {
        Insz insz = Examples.insz(30_003);
        Registered before = fixture.registry().register(insz);
        fixture.relay().publishAll();
        try (RunningQuery query = fixture.start()) {
            eventually()
                    .until(() -> freshAsOf(query.consult(insz.digits()))
                            == before.place().position());
            projection.kill();
            Registered during = fixture.registry().register(insz, Examples.secondary());
            fixture.relay().publishAll();

            Answer answer = query.consult(insz.digits());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("qualifications").size()).isEqualTo(2);
            assertThat(freshAsOf(answer)).isEqualTo(during.place().position());
            assertThat(query.read("/v1/qualifications/" + during.reference()).status())
                    .isEqualTo(200);
            assertThat(query.get("/actuator/health/readiness").status()).isEqualTo(200);

            projection.restart();
            awaitSame(fixture);
            assertThat(query.consult(insz.digits())
                            .json()
                            .path("qualifications")
                            .size())
                    .isEqualTo(2);
        }
    }

    @Test
    void withoutTheCustodianReadingByReferenceGoesOnAndByNumberIsRefusedWithACode() {
        Insz insz = Examples.insz(30_004);
        Registered registered = fixture.registry().register(insz);
        fixture.relay().publishAll();
        try (RunningQuery query = fixture.start()) {
            eventually()
                    .until(() -> freshAsOf(query.consult(insz.digits()))
                            == registered.place().position());
            fixture.stopCustodian();
            Answer byNumber = query.consult(insz.digits());
            assertThat(byNumber.status()).isEqualTo(503);
            assertThat(byNumber.code()).isEqualTo("KEYS_UNAVAILABLE");
            assertThat(byNumber.header("Retry-After")).isNotEmpty();
            assertThat(query.read("/v1/qualifications/" + registered.reference())
                            .status())
                    .isEqualTo(200);
            // a refusal that could not say who was refused is not given
            String[] citizen = RunningQuery.agency();
            citizen[1] = "citizen:" + Examples.insz(30_006).digits();
            assertThat(query.get("/v1/qualifications/" + registered.reference(), citizen)
                            .code())
                    .isEqualTo("KEYS_UNAVAILABLE");
        }
    }

    @Test
    void onceTheLeaseHasEndedNothingIsAnsweredAndTheServiceIsNotReady() {
        Registered registered = fixture.registry().register(Examples.insz(30_005));
        fixture.relay().publishAll();
        try (RunningQuery query = fixture.start("diplomatics.custodian.lease=3s")) {
            // so short a lease may end for a moment where everything is slow
            eventually()
                    .until(() -> query.read("/v1/qualifications/" + registered.reference())
                                    .status()
                            == 200);
            fixture.stopCustodian();
            eventually()
                    .until(() -> query.read("/v1/qualifications/" + registered.reference())
                            .code()
                            .equals("KEYS_UNAVAILABLE"));
            assertThat(query.get("/actuator/health/readiness").status()).isEqualTo(503);
        }
    }
}
