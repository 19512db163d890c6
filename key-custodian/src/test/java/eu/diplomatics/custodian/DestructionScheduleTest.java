package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** R17 by the controller's schedule: three newer generations are verified, and the live keyring has moved on. */
class DestructionScheduleTest extends RunningCustodian {
    private static final String LABEL = "epoch-2026-11-22";

    private JsonNode wrapped;
    private ObjectNode schedule;
    private ObjectNode generations;
    private ObjectNode keyring;

    @BeforeEach
    void fourDaysLater() throws Exception {
        wrapped = wrap("kek 1");
        Instant start = clock.instant();
        clock.advance(Duration.ofDays(4));
        wrap("kek 2");
        schedule = signers.schedule(start.minus(Duration.ofDays(10)), Duration.ofDays(300));
        generations = signers.generations(clock.instant(), "2026-11-23", "2026-11-24", "2026-11-25");
        keyring = signers.keyring(clock.instant(), "epoch-2026-11-26");
    }

    @Test
    void theKeyGoesAtOnceAndTheReceiptNamesWhatWasShown() throws Exception {
        JsonNode answer = json(expire());
        assertThat(answer.get("state").asString()).isEqualTo("DESTROYED");
        JsonNode said =
                CustodianFixture.JSON.readTree(answer.at("/receipt/statement").asString());
        assertThat(said.get("rule").asString()).isEqualTo("SCHEDULE");
        assertThat(said.get("operators")).isEmpty();
        assertThat(said.get("inventoryHash").asString()).hasSize(64);
        assertThat(said.get("generationIndexHash")).isNotEqualTo(said.get("scheduleHash"));
        assertThat(code(unwrap())).isEqualTo("KEY_DESTROYED");
        assertThat(json(expire())).as("asked again").isEqualTo(answer);
    }

    @Test
    void aKeyTheKeyringOrAGenerationStandsUnderStays() throws Exception {
        keyring = signers.keyring(clock.instant(), LABEL, "epoch-2026-11-26");
        assertRefused("KEY_STILL_NEEDED");
        keyring = signers.keyring(clock.instant(), "epoch-2026-11-26");
        generations = signers.generations(clock.instant(), "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25");
        assertRefused("KEY_STILL_NEEDED");
        generations = signers.generations(clock.instant(), "2026-11-21", "2026-11-24", "2026-11-25");
        assertRefused("KEY_STILL_NEEDED");
        generations = signers.generations(clock.instant(), "2026-11-23", "2026-11-23", "2026-11-25");
        assertRefused("STATEMENT_INVALID");
    }

    @Test
    void noScheduleAllowsFewerThanThreeAndOneMayAskForMore() throws Exception {
        schedule.put("newerGenerations", 2);
        assertRefused("STATEMENT_INVALID");
        schedule.put("newerGenerations", 4);
        assertRefused("KEY_STILL_NEEDED");
    }

    @Test
    void aScheduleBeginsEndsAndLastsAYearAtMost() throws Exception {
        Instant now = clock.instant();
        schedule = signers.schedule(now.plusSeconds(60), Duration.ofDays(3));
        assertRefused("STATEMENT_STALE");
        schedule = signers.schedule(now.minus(Duration.ofDays(3)), Duration.ofDays(3));
        assertRefused("STATEMENT_STALE");
        schedule = signers.schedule(now.minus(Duration.ofDays(3)), Duration.ofDays(367));
        assertRefused("STATEMENT_INVALID");
    }

    @Test
    void oldStatementsAndThoseOfTheFutureAreNotBelieved() throws Exception {
        Instant now = clock.instant();
        keyring = signers.keyring(now.minus(Duration.ofHours(25)), "epoch-2026-11-26");
        assertRefused("STATEMENT_STALE");
        keyring = signers.keyring(now.plus(Duration.ofHours(1)), "epoch-2026-11-26");
        assertRefused("STATEMENT_STALE");
        keyring = signers.keyring(now, "epoch-2026-11-26");
        generations = signers.generations(now.minus(Duration.ofHours(25)), "2026-11-23", "2026-11-24", "2026-11-25");
        assertRefused("STATEMENT_INVALID", "STATEMENT_STALE");
    }

    @Test
    void eachStatementIsBelievedFromItsOwnSignerOnly() throws Exception {
        JsonNode good = Signers.signed(schedule, signers.controller);
        JsonNode index = Signers.signed(generations, signers.manifest);
        JsonNode live = Signers.signed(keyring, signers.inventory);
        assertThat(code(expire(Signers.signed(schedule, signers.inventory), index, live)))
                .isEqualTo("SIGNATURE_INVALID");
        assertThat(code(expire(good, Signers.signed(generations, signers.inventory), live)))
                .isEqualTo("SIGNATURE_INVALID");
        assertThat(code(expire(good, index, Signers.signed(keyring, signers.controller))))
                .isEqualTo("SIGNATURE_INVALID");
        assertThat(code(expire(good, live, index))).as("one for another").isEqualTo("SIGNATURE_INVALID");
        assertThat(unwrap().statusCode()).isEqualTo(200);
    }

    @Test
    void onlyCanonicalStatementsOfThisCustodianAreRead() throws Exception {
        keyring.put("custodian", "other");
        assertRefused("STATEMENT_INVALID");
        keyring = signers.keyring(clock.instant());
        assertRefused("STATEMENT_INVALID");
        keyring = signers.keyring(clock.instant(), "epoch-2026-11-26");
        String loose = keyring.toString();
        JsonNode signed = Signers.object()
                .put("statement", loose)
                .put("signature", Signers.signature(Statements.KEYRING, loose, signers.inventory));
        assertThat(code(expire(
                        Signers.signed(schedule, signers.controller),
                        Signers.signed(generations, signers.manifest),
                        signed)))
                .isEqualTo("STATEMENT_INVALID");
    }

    @Test
    void operatorsUseTheOtherWayAndKeysOfTheDayNeither() throws Exception {
        String body =
                Signers.expireBody("epoch-2026-11-26", sign(), sign(), sign()).toString();
        assertThat(code(post(registry, server.uri(), "/v1/expire", body))).isEqualTo("KEY_NOT_DESTROYABLE");
        assertThat(code(post(fixture.client("operator"), server.uri(), "/v1/expire", body)))
                .isEqualTo("VERB_NOT_ALLOWED");
        String index =
                Signers.expireBody("holder-index", sign(), sign(), sign()).toString();
        assertThat(code(post(registry, server.uri(), "/v1/expire", index))).isEqualTo("KEY_NOT_DESTROYABLE");
    }

    private JsonNode sign() {
        return Signers.signed(schedule, signers.controller);
    }

    private void assertRefused(String... codes) throws Exception {
        assertThat(code(expire())).isIn((Object[]) codes);
        assertThat(unwrap().statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> expire() throws Exception {
        return expire(
                sign(), Signers.signed(generations, signers.manifest), Signers.signed(keyring, signers.inventory));
    }

    private HttpResponse<String> expire(JsonNode first, JsonNode second, JsonNode third) throws Exception {
        String body = Signers.expireBody(LABEL, first, second, third).toString();
        return post(registry, server.uri(), "/v1/expire", body);
    }

    private HttpResponse<String> unwrap() throws Exception {
        return post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
    }
}
