package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.base64;
import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Limits;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R09, R36: a stolen certificate does not try out all numbers, or not unseen. */
class QuotasAndAlarmTest extends RunningCustodian {
    private int next;

    @Override
    Map<String, Client> clients() {
        Map<String, Client> clients = new HashMap<>(CustodianConfiguration.defaultClients());
        Set<Verb> verbs = Set.of(Verb.WRAP, Verb.UNWRAP, Verb.INDEX);
        // a day's work of 5,000; an alarm at ten times the recent use but not below 3,000, or at 2,500 different ones
        clients.put(
                "registry",
                new Client(
                        verbs,
                        Set.of("holder-index"),
                        20_000,
                        100_000,
                        new Limits(5_000, 2, 25, 3_000, 10, 2_500, true)));
        clients.put(
                "query",
                new Client(
                        Set.of(Verb.INDEX),
                        Set.of("holder-index"),
                        20_000,
                        100_000,
                        new Limits(1_000_000, 2, 20, 100, 10, 1_000_000, false)));
        return clients;
    }

    @Nested
    class Quotas {
        @Test
        void aDaysQuotaEndsWithTheDayAndIsKeptOverARestart() throws Exception {
            repeat(2_000);
            clock.advance(Duration.ofHours(1));
            repeat(2_000);
            restart();
            HttpResponse<String> response = askFor(2_000, true);
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(code(response)).isEqualTo("QUOTA_EXCEEDED");
            assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .isEqualTo(Duration.ofHours(11).toSeconds());
            repeat(1_000);
            clock.advance(Duration.ofHours(11));
            repeat(2_000);
        }

        @Test
        void aClockThatIsSetBackBringsNoNewQuota() throws Exception {
            repeat(2_000);
            clock.advance(Duration.ofHours(1));
            repeat(2_000);
            clock.advance(Duration.ofDays(-2));
            assertThat(code(askFor(2_000, true))).isEqualTo("QUOTA_EXCEEDED");
        }

        @Test
        void unwrappingHasItsOwn() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            int refused = 0;
            for (int i = 0; i < 26; i++) {
                HttpResponse<String> response =
                        post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
                refused += response.statusCode() == 429 ? 1 : 0;
            }
            assertThat(refused).isPositive();
        }
    }

    @Nested
    class ATicket {
        @Test
        void ofTwoOperatorsGoesBeyondTheQuotaAndIsVisiblyUsedUp() throws Exception {
            repeat(2_000);
            clock.advance(Duration.ofHours(1));
            repeat(2_000);
            JsonNode asked = json(ticket("registry", 6_000, Duration.ofHours(8)));
            approve(asked, "operator");
            assertThat(code(askFor(2_000, true))).as("one is not enough").isEqualTo("QUOTA_EXCEEDED");
            assertThat(code(approval(asked, "operator"))).isEqualTo("SAME_OPERATOR");
            approve(asked, "operator-2");
            repeat(2_000);
            askFor(2_000, false);
            assertThat(status().at("/tickets/0/used").asLong()).isEqualTo(4_000);
            assertThat(status().get("alarms")).as("granted, so no alarm").isEmpty();
            restart();
            assertThat(status().at("/tickets/0/used").asLong()).isEqualTo(4_000);
            repeat(2_000);
            assertThat(code(askFor(2_000, true))).as("used up").isEqualTo("QUOTA_EXCEEDED");
            assertThat(status().at("/tickets/0/used").asLong()).isEqualTo(6_000);
        }

        @Test
        void endsAtItsTime() throws Exception {
            JsonNode asked = json(ticket("registry", 100_000, Duration.ofHours(2)));
            approve(asked, "operator");
            approve(asked, "operator-2");
            repeat(2_000);
            clock.advance(Duration.ofHours(2));
            repeat(2_000);
            assertThat(status().at("/tickets/0/used").asLong()).isEqualTo(2_000);
        }

        @Test
        void isForAClientThatIndexesForAnAmountAndForATime() throws Exception {
            assertThat(code(ticket("operator", 10, Duration.ofHours(1)))).isEqualTo("VALUE_INVALID");
            assertThat(code(ticket("nobody", 10, Duration.ofHours(1)))).isEqualTo("VALUE_INVALID");
            assertThat(code(ticket("registry", 0, Duration.ofHours(1)))).isEqualTo("VALUE_INVALID");
            assertThat(code(ticket("registry", 10, Duration.ofHours(-1)))).isEqualTo("VALUE_INVALID");
            assertThat(code(ticket("registry", 10, Duration.ofDays(15)))).isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/ticket", "{}"))).isEqualTo("VERB_NOT_ALLOWED");
        }
    }

    @Nested
    class TheAlarm {
        @Test
        void forManyDifferentValuesStopsTheClientUntilTwoOperatorsLiftIt() throws Exception {
            askFor(2_000, false);
            assertThat(status().get("alarms")).isEmpty();
            askFor(1_000, false);
            JsonNode alarm = status().at("/alarms/0");
            assertThat(alarm.get("client").asString()).isEqualTo("registry");
            assertThat(alarm.get("reason").asString()).isEqualTo("DISTINCT");
            assertThat(code(askFor(1, true))).isEqualTo("CLIENT_STOPPED");
            restart();
            assertThat(code(askFor(1, true))).as("after a restart too").isEqualTo("CLIENT_STOPPED");
            assertThat(audit()).contains("\"ALARM\"");

            JsonNode asked = json(lift("registry"));
            approve(asked, "operator");
            assertThat(code(askFor(1, true))).isEqualTo("CLIENT_STOPPED");
            approve(asked, "operator-2");
            assertThat(askFor(1, true).statusCode()).isEqualTo(200);
            assertThat(askFor(1, true).statusCode()).as("measured anew").isEqualTo(200);
            assertThat(code(lift("registry"))).isEqualTo("PENDING_UNKNOWN");
        }

        @Test
        void isRelativeToTheRecentUseAndNeedNotStopAnybody() throws Exception {
            // a week of 50 values an hour on average
            for (int day = 0; day < 7; day++) {
                for (int call = 0; call < 6; call++) {
                    as("query", 200);
                }
                clock.advance(Duration.ofDays(1));
            }
            clearAlarm();
            as("query", 450);
            assertThat(status().get("alarms")).as("less than ten times as much").isEmpty();
            as("query", 100);
            assertThat(status().at("/alarms/0/reason").asString()).isEqualTo("VOLUME");
            assertThat(as("query", 10).statusCode()).as("seen, not stopped").isEqualTo(200);
        }

        @Test
        void keepsNoValue() throws Exception {
            askFor(2_000, false);
            askFor(1_000, false);
            server.close();
            byte[] value = value(17);
            String hex = HexFormat.of().formatHex(value);
            try (Stream<Path> files = Files.walk(directory.resolve("audit"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(file))
                            .doesNotContain(base64(value))
                            .doesNotContain(hex);
                }
            }
        }

        private void clearAlarm() throws Exception {
            JsonNode asked = json(lift("query"));
            if (asked.has("id")) {
                approve(asked, "operator");
                approve(asked, "operator-2");
            }
        }
    }

    private HttpResponse<String> askFor(int count, boolean same) throws Exception {
        var body = CustodianFixture.JSON.createObjectNode();
        var items = body.putArray("items");
        for (int i = 0; i < count; i++) {
            items.addObject().put("key", "holder-index").put("value", base64(same ? value(1) : value(next++)));
        }
        return post(registry, server.uri(), "/v1/index", body.toString());
    }

    private void repeat(int count) throws Exception {
        assertThat(askFor(count, true).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> as(String client, int count) throws Exception {
        return index(fixture.client(client), count);
    }

    private static byte[] value(int number) {
        return ByteBuffer.allocate(32).putInt(12, number + 0x5a5a5a).array();
    }

    private JsonNode status() throws Exception {
        return json(get(fixture.client("controller"), server.uri(), "/v1/status"));
    }

    private HttpResponse<String> ticket(String client, long amount, Duration length) throws Exception {
        String body = Signers.object()
                .put("client", client)
                .put("amount", amount)
                .put("validUntil", clock.instant().plus(length).toString())
                .toString();
        return post(fixture.client("operator"), server.uri(), "/v1/ticket", body);
    }

    private HttpResponse<String> lift(String client) throws Exception {
        String body = Signers.object().put("client", client).toString();
        return post(fixture.client("operator"), server.uri(), "/v1/lift", body);
    }

    private HttpResponse<String> approval(JsonNode asked, String operator) throws Exception {
        String body = Signers.object()
                .put("id", asked.get("id").asString())
                .put("hash", asked.get("hash").asString())
                .toString();
        return post(fixture.client(operator), server.uri(), "/v1/approve", body);
    }

    private void approve(JsonNode asked, String operator) throws Exception {
        assertThat(approval(asked, operator).statusCode()).isEqualTo(200);
    }

    private String audit() throws Exception {
        return Files.readString(directory.resolve("audit/sealed-2026-11-22.jsonl"));
    }
}
