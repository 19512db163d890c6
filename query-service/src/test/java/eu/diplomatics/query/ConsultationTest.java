package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** R02, R03, R04, L02, L06: from a sealed event on Kafka to an answer over HTTP. */
class ConsultationTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();

    private String[] after(Registered registered) {
        fixture.relay().publishAll();
        return Deliveries.after(query, registered.place().position());
    }

    private static String path(Registered registered) {
        return "/v1/qualifications/" + registered.reference();
    }

    @Test
    void aRegisteredQualificationIsFoundByNumberAndByReference() {
        Insz insz = Examples.insz(1);
        Registered registered = fixture.registry().register(insz);

        Answer answer = query.consult(insz.digits(), after(registered));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        JsonNode json = answer.json();
        assertThat(json.path("status").asString()).isEqualTo("FOUND");
        assertThat(json.path("freshAsOf").path("position").asLong())
                .isGreaterThanOrEqualTo(registered.place().position());
        JsonNode found = json.path("qualifications").path(0);
        assertThat(found.path("reference").asString())
                .isEqualTo(registered.reference().toString());
        assertThat(found.path("state").asString()).isEqualTo("REGISTERED");
        assertThat(found.path("supplier").asString()).isEqualTo("KUL");
        assertThat(found.path("holder").path("insz").asString()).isEqualTo(insz.digits());
        assertThat(found.path("basis").path("awardedOn").asString()).isEqualTo("2019-06-28");
        assertThat(found.path("derived").path("eqf").asInt()).isEqualTo(7);

        Answer byReference = query.read(path(registered));
        assertThat(byReference.status()).isEqualTo(200);
        assertThat(byReference.json().path("version").asLong()).isEqualTo(1);
        assertThat(byReference.json().path("holder").path("insz").asString()).isEqualTo(insz.digits());
        assertThat(byReference.header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void aNumberNobodyRegisteredIsNotFoundAndAnUnknownReferenceIsA404() {
        Answer answer = query.consult(Examples.insz(77_777).digits());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("status").asString()).isEqualTo("NOT_FOUND");
        assertThat(answer.json().path("qualifications").size()).isZero();

        Answer unknown = query.read("/v1/qualifications/" + UUID.randomUUID());
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("UNKNOWN_REFERENCE");
    }

    @Test
    void theIdOfAHolderIsNoReference() {
        Registered registered = fixture.registry().register(Examples.insz(2));
        Answer answer = query.read("/v1/qualifications/" + registered.holder(), after(registered));
        assertThat(answer.code()).isEqualTo("UNKNOWN_REFERENCE");
    }

    @Test
    void severalQualificationsOfOnePersonAreAnsweredTogether() {
        Insz insz = Examples.insz(3);
        fixture.registry().register(insz, Examples.secondary());
        Registered second = fixture.registry().register(insz, Examples.master());
        Answer answer = query.consult(insz.digits(), after(second));
        assertThat(answer.json().path("qualifications").size()).isEqualTo(2);
    }

    @Test
    void anAnnulledQualificationIsShownAsAnnulledWithItsReasonAndAReinstatedOneIsRegisteredAgain() {
        Insz insz = Examples.insz(4);
        Registered registered = fixture.registry().register(insz);
        Registered annulled = fixture.registry().annul(registered.reference());

        JsonNode found = query.consult(insz.digits(), after(annulled))
                .json()
                .path("qualifications")
                .path(0);
        assertThat(found.path("state").asString()).isEqualTo("ANNULLED");
        assertThat(found.path("annulment").path("reasonCode").asString()).isEqualTo("AWARDED_IN_ERROR");
        assertThat(found.path("annulment").path("reason").asString()).isEqualTo("a reason in words");
        assertThat(found.path("annulment").path("recordedAt").asString())
                .isEqualTo(annulled.place().recordedAt().toString());
        assertThat(found.path("basis").path("fullName").asString()).isNotEmpty();

        Registered reinstated = fixture.registry().reinstate(registered.reference());
        JsonNode again = query.read(path(registered), after(reinstated)).json();
        assertThat(again.path("state").asString()).isEqualTo("REGISTERED");
        assertThat(again.has("annulment")).isFalse();
        assertThat(again.path("version").asLong()).isEqualTo(3);
    }

    @Test
    void aDisputedQualificationSaysSoUntilThatIsSettled() {
        Insz insz = Examples.insz(62);
        Registered registered = fixture.registry().register(insz);
        Registered disputed = fixture.registry().dispute(registered.reference());

        JsonNode found = query.consult(insz.digits(), after(disputed))
                .json()
                .path("qualifications")
                .path(0);
        String since = disputed.place().recordedAt().toString();
        assertThat(found.path("state").asString()).isEqualTo("REGISTERED");
        assertThat(found.path("disputedSince").asString()).isEqualTo(since);
        assertThat(found.path("dispute").path("recordedAt").asString()).isEqualTo(since);
        assertThat(found.path("dispute").path("respondBy").asString()).isEqualTo("2026-12-24");
        assertThat(found.path("dispute").path("reason").asString()).isEqualTo("a reason in words");
        assertThat(found.path("version").asLong()).isEqualTo(2);

        Registered annulled = fixture.registry().annul(registered.reference());
        assertThat(query.read(path(registered), after(annulled)).json().has("disputedSince"))
                .isTrue();
        Registered settled = fixture.registry().settle(registered.reference());
        JsonNode after = query.read(path(registered), after(settled)).json();
        assertThat(after.has("disputedSince")).isFalse();
        assertThat(after.has("dispute")).isFalse();
        assertThat(after.path("state").asString()).isEqualTo("ANNULLED");
    }

    @Test
    void whoStoodForAPersonIsInNoAnswer() {
        Registered registered = fixture.registry().register(Examples.insz(65));
        String delegate = Examples.insz(66).digits();
        Registered disputed = fixture.registry().disputeFor(registered.reference(), delegate);
        Answer history = query.read(path(registered) + "/history", after(disputed));
        assertThat(history.json().at("/versions/1/by").asString()).isEqualTo("delegate");
        assertThat(history.response().body()).doesNotContain(delegate);
    }

    @Test
    void whatAPersonWroteIsNotToldOfARecordThatTurnedOutToBeAnothers() {
        Registered registered = fixture.registry().register(Examples.insz(63));
        Registered disputed = fixture.registry().dispute(registered.reference());
        JsonNode then =
                query.read(path(registered) + "/history", after(disputed)).json();
        assertThat(then.at("/versions/1/reason").asString()).isEqualTo("a reason in words");

        Registered other = fixture.registry().register(Examples.insz(64));
        Registered moved = fixture.registry().move(registered.reference(), registered.holder(), other.holder());
        JsonNode now = query.read(path(registered), after(moved)).json();
        assertThat(now.has("disputedSince")).isFalse();
        JsonNode history =
                query.read(path(registered) + "/history", after(moved)).json();
        assertThat(history.at("/versions/1/type").asString()).isEqualTo("QualificationDisputed");
        assertThat(history.at("/versions/1").has("reason")).isFalse();
        assertThat(history.at("/versions/1").has("reasonCode")).isFalse();
        assertThat(history.at("/versions/2/reason").asString()).isEqualTo("a reason in words");
        JsonNode before = query.read(
                        path(registered) + "?asOf=" + disputed.place().recordedAt(), after(moved))
                .json();
        assertThat(before.has("disputedSince")).as("as it was then").isTrue();
        assertThat(before.has("dispute")).isFalse();
    }

    @Test
    void valuesOutsideTheTaxonomyAreFlagged() {
        Registered registered = fixture.registry().register(Examples.insz(61));
        assertThat(query.read(path(registered), after(registered)).json().has("unlisted"))
                .isFalse();

        Registered flagged = fixture.registry().correct(registered.reference(), Examples.master(), "/basis/kind");

        JsonNode found = query.read(path(registered), after(flagged)).json();
        assertThat(found.path("unlisted").path(0).asString()).isEqualTo("/basis/kind");
    }

    @Test
    void whatWasKnownAtAPastMomentAndEveryVersionCanBeAsked() {
        Insz insz = Examples.insz(5);
        Registered registered = fixture.registry().register(insz, Examples.secondary());
        Registered corrected = fixture.registry().correct(registered.reference(), Examples.master());
        Registered annulled = fixture.registry().annul(registered.reference());
        String[] position = after(annulled);

        JsonNode then = query.read(
                        path(registered) + "?asOf=" + registered.place().recordedAt(), position)
                .json();
        assertThat(then.path("version").asLong()).isEqualTo(1);
        assertThat(then.path("basis").path("category").asString()).isEqualTo("Secundair onderwijs");
        JsonNode later = query.read(
                        path(registered) + "?asOf=" + corrected.place().recordedAt())
                .json();
        assertThat(later.path("version").asLong()).isEqualTo(2);
        assertThat(later.path("state").asString()).isEqualTo("REGISTERED");
        assertThat(query.read(path(registered) + "?asOf="
                                + registered.place().recordedAt().minusNanos(1_000))
                        .code())
                .isEqualTo("UNKNOWN_REFERENCE");
        Answer consulted = query.post(
                "/v1/consultations",
                "{\"insz\":\"%s\",\"asOf\":\"%s\"}"
                        .formatted(insz.digits(), registered.place().recordedAt()),
                RunningQuery.agency());
        assertThat(consulted
                        .json()
                        .path("qualifications")
                        .path(0)
                        .path("version")
                        .asLong())
                .isEqualTo(1);

        JsonNode versions = query.read(path(registered) + "/history").json().path("versions");
        assertThat(versions.valueStream().map(version -> version.path("type").asString()))
                .containsExactly("QualificationRegistered", "QualificationCorrected", "QualificationAnnulled");
        assertThat(versions.path(0).path("by").asString()).isEqualTo("supplier:KUL");
        assertThat(versions.path(1).path("basis").path("category").asString()).isEqualTo("Hoger onderwijs");
        assertThat(versions.path(2).path("reasonCode").asString()).isEqualTo("AWARDED_IN_ERROR");
        assertThat(versions.path(2).has("basis")).isFalse();
    }

    @Test
    void aHolderWithoutNumberIsAnsweredByReference() {
        Registered registered =
                fixture.registry().register(UUID.randomUUID(), Examples.holderWithoutNumber(), Examples.master());
        JsonNode found = query.read(path(registered), after(registered)).json();
        assertThat(found.path("holder").path("localNumber").asString()).isEqualTo("S-2016-0042");
    }

    @Test
    void aBatchAnswersEveryNumberInOrderInvalidOnesIncludedWithOneLogRowEach() {
        Insz known = Examples.insz(6);
        String[] position = after(fixture.registry().register(known));
        String wrongCheck = known.digits().substring(0, 9) + (known.digits().endsWith("00") ? "01" : "00");
        long before = fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");

        Answer answer = query.post(
                "/v1/consultations/batch",
                "{\"insz\":[\"%s\",\"%s\",\"not a number\",\"%s\",null,\"%s\"]}"
                        .formatted(
                                known.digits(),
                                wrongCheck,
                                Examples.insz(66_666).digits(),
                                known.digits()),
                RunningQuery.agency(position));

        assertThat(answer.status()).isEqualTo(200);
        JsonNode answers = answer.json().path("answers");
        assertThat(answers.valueStream().map(each -> each.path("status").asString()))
                .containsExactly("FOUND", "INVALID", "INVALID", "NOT_FOUND", "INVALID", "FOUND");
        assertThat(answers.valueStream().map(each -> each.path("index").asInt()))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(answers.path(1).path("code").asString()).isEqualTo("INSZ_CHECKSUM");
        assertThat(answers.path(2).path("code").asString()).isEqualTo("MALFORMED");
        assertThat(answers.path(5).path("qualifications").size()).isEqualTo(1);
        assertThat(fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry") - before)
                .isEqualTo(6);
    }

    @Test
    void aThousandNumbersAreOneBatchAndOneMoreIsRefused() {
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            numbers.append('"').append(Examples.insz(10_000 + i).digits()).append("\",");
        }
        String thousand = numbers.substring(0, numbers.length() - 1);
        Answer answer = query.post("/v1/consultations/batch", "{\"insz\":[" + thousand + "]}", RunningQuery.agency());
        assertThat(answer.json().path("answers").size()).isEqualTo(1_000);
        Answer refused =
                query.post("/v1/consultations/batch", "{\"insz\":[\"x\"," + thousand + "]}", RunningQuery.agency());
        assertThat(refused.code()).isEqualTo("MALFORMED");
        assertThat(query.post("/v1/consultations/batch", "{\"insz\":[]}", RunningQuery.agency())
                        .code())
                .isEqualTo("MALFORMED");
    }

    @Test
    void aPositionNotYetProjectedIsWaitedForAndThenRefusedWithARetryTime() {
        // what follows is projected at once, not only when the service has found Kafka
        after(fixture.registry().register(Examples.insz(16)));
        Insz insz = Examples.insz(7);
        Registered registered = fixture.registry().register(insz);
        Answer early = query.consult(
                insz.digits(),
                "X-Min-Position",
                Long.toString(registered.place().position() + 1_000_000));
        assertThat(early.status()).isEqualTo(503);
        assertThat(early.code()).isEqualTo("NOT_YET_PROJECTED");
        assertThat(early.header("Retry-After")).isNotEmpty();

        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> query.consult(
                insz.digits(),
                "X-Min-Position",
                Long.toString(registered.place().position())));
        fixture.relay().publishAll();
        assertThat(waiting.join().json().path("status").asString()).isEqualTo("FOUND");
    }

    @Test
    void aCitizenSeesTheirOwnRecordsAndNobodyElses() {
        Insz own = Examples.insz(8);
        Insz other = Examples.insz(9);
        Registered mine = fixture.registry().register(own);
        Registered theirs = fixture.registry().register(other);
        String[] citizen = RunningQuery.agency(after(theirs));
        citizen[1] = "citizen:" + own.digits();

        Answer found = query.post("/v1/consultations", "{\"insz\":\"" + own.digits() + "\"}", citizen);
        assertThat(found.json().path("status").asString()).isEqualTo("FOUND");
        assertThat(query.get(path(mine), citizen).status()).isEqualTo(200);
        Answer refused = query.post("/v1/consultations", "{\"insz\":\"" + other.digits() + "\"}", citizen);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(query.get(path(theirs), citizen).code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(query.post("/v1/consultations/batch", "{\"insz\":[\"" + own.digits() + "\"]}", citizen)
                        .status())
                .isEqualTo(403);
        citizen[1] = "citizen:me";
        assertThat(query.get(path(mine), citizen).status()).isEqualTo(401);
    }

    @Test
    void aSupplierReadsWhatItRegisteredAndNothingElse() {
        Registered registered = fixture.registry().register(Examples.insz(11));
        String[] own = RunningQuery.agency(after(registered));
        own[1] = "supplier:KUL";
        assertThat(query.get(path(registered), own).status()).isEqualTo(200);
        String[] other = RunningQuery.agency();
        other[1] = "supplier:UGENT";
        assertThat(query.get(path(registered), other).code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(query.post(
                                "/v1/consultations",
                                "{\"insz\":\"" + Examples.insz(11).digits() + "\"}",
                                own)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void swappedRowsOfTheIndexGiveNoAnswerAndAnAlarm() {
        Insz victim = Examples.insz(13);
        Insz attacker = Examples.insz(14);
        Registered first = fixture.registry().register(victim);
        Registered second = fixture.registry().register(attacker);
        String[] position = after(second);
        assertThat(query.consult(victim.digits(), position).status()).isEqualTo(200);
        fixture.tamper(Database.KEYRING, """
                UPDATE keyring.holder_claim SET holder = CASE holder WHEN '%1$s'::uuid THEN '%2$s'::uuid ELSE '%1$s'::uuid END
                WHERE holder IN ('%1$s', '%2$s')
                """.formatted(first.holder(), second.holder()));

        Answer answer = query.consult(victim.digits());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("INDEX_MISMATCH");
        Answer batch = query.post(
                "/v1/consultations/batch", "{\"insz\":[\"" + attacker.digits() + "\"]}", RunningQuery.agency());
        assertThat(batch.json().path("answers").path(0).path("code").asString()).isEqualTo("INDEX_MISMATCH");
        assertThat(batch.json().path("answers").path(0).path("qualifications").size())
                .isZero();
        JsonNode health =
                query.get("/actuator/health").json().path("components").path("alarms");
        assertThat(health.path("status").asString()).isEqualTo("DEGRADED");
        assertThat(query.get("/actuator/metrics/diplomatics.index.mismatches")
                        .json()
                        .path("measurements")
                        .path(0)
                        .path("value")
                        .asDouble())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void aHolderKnownByNameBehindANumberIsAMismatchToo() {
        Insz insz = Examples.insz(15);
        Registered real = fixture.registry().register(insz);
        HolderIdentity nameOnly = Examples.holderWithoutNumber();
        Registered other = fixture.registry().register(UUID.randomUUID(), nameOnly, Examples.master());
        fixture.tamper(
                Database.KEYRING,
                "UPDATE keyring.holder_claim SET holder = '%s' WHERE holder = '%s'"
                        .formatted(other.holder(), real.holder()));
        assertThat(query.consult(insz.digits(), after(other)).code()).isEqualTo("INDEX_MISMATCH");
    }
}
