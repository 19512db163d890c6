package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.base64;
import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static eu.diplomatics.custodian.CustodianFixture.wrapBody;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Wrapping under the key of the day, and indexing under keys that stay. */
class CustodianKeysTest extends RunningCustodian {
    @Nested
    class Wrapping {
        @Test
        void unwrapsWhatItWrappedUnderTheKeyOfTheDayInTheSameContext() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            assertThat(wrapped.get("label").asString()).isEqualTo("epoch-2026-11-22");
            assertThat(wrapped.toString()).doesNotContain(base64(KEY));

            clock.advance(Duration.ofDays(1));
            JsonNode answer = json(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1")));
            assertThat(answer.get("key").asString()).isEqualTo(base64(KEY));
            assertThat(wrap("kek 2").get("label").asString()).isEqualTo("epoch-2026-11-23");
        }

        @Test
        void anotherContextDoesNotUnwrap() throws Exception {
            HttpResponse<String> response =
                    post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrap("kek 1"), "kek 2"));
            assertThat(response.statusCode()).isEqualTo(422);
            assertThat(code(response)).isEqualTo("UNWRAP_FAILED");
        }

        @ParameterizedTest
        @ValueSource(strings = {"iv", "ciphertext"})
        void aChangedByteDoesNotUnwrap(String field) throws Exception {
            JsonNode wrapped = wrap("kek 1");
            byte[] bytes = Base64.getDecoder().decode(wrapped.get(field).asString());
            bytes[bytes.length / 2] ^= 1;
            var changed = wrapped.deepCopy().asObject().put(field, base64(bytes));
            HttpResponse<String> response = post(registry, server.uri(), "/v1/unwrap", unwrapBody(changed, "kek 1"));
            assertThat(code(response)).isEqualTo("UNWRAP_FAILED");
        }

        @Test
        void theIndexKeysUnwrapNothing() throws Exception {
            var changed = wrap("kek 1").deepCopy().asObject().put("label", "holder-index");
            assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(changed, "kek 1"))))
                    .isEqualTo("KEY_UNKNOWN");
        }

        @Test
        void aRestartKeepsTheKeys() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            String index = index(registry, 3).body();
            restart();
            assertThat(json(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1")))
                            .get("key")
                            .asString())
                    .isEqualTo(base64(KEY));
            assertThat(index(registry, 3).body()).isEqualTo(index);
        }

        @Test
        void aClockThatFellBackMakesNoKeyOfAPastDay() throws Exception {
            wrap("kek 1");
            clock.advance(Duration.ofDays(-1));
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1"))))
                    .isEqualTo("CLOCK_BEHIND");
        }
    }

    @Nested
    class Indexing {
        @Test
        void answersInTheOrderAskedAndAlwaysTheSame() throws Exception {
            JsonNode values = json(index(registry, 500)).get("values");
            assertThat(values).hasSize(500);
            assertThat(values.get(0)).isEqualTo(values.get(256)).isNotEqualTo(values.get(1));
            assertThat(json(index(registry, 500)).get("values")).isEqualTo(values);
        }

        @Test
        void aValueThatIsNoPseudonymIsRefused() throws Exception {
            String body = "{\"items\":[{\"key\":\"holder-index\",\"value\":\""
                    + base64("85616100129".getBytes(StandardCharsets.US_ASCII)) + "\"}]}";
            HttpResponse<String> response = post(registry, server.uri(), "/v1/index", body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(code(response)).isEqualTo("VALUE_INVALID");
        }

        @Test
        void aClientBeyondItsQuotaIsToldWhenToComeBack() throws Exception {
            HttpClient query = fixture.client("query");
            assertThat(index(query, 2_000).statusCode()).isEqualTo(200);
            HttpResponse<String> response = index(query, 100);
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(code(response)).isEqualTo("QUOTA_EXCEEDED");
            assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .isBetween(90L, 100L);
            assertThat(index(registry, 100).statusCode()).as("others go on").isEqualTo(200);
        }
    }
}
