package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.filled;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.indexBody;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.wrapBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a custodian answers, and to what, before any key is used. */
class CustodianRequestsTest extends RunningCustodian {
    @Nested
    class WhoMayCome {
        @Test
        void aClientWithoutCertificateGetsNoConnection() {
            HttpClient anonymous = CustodianFixture.client(fixture.authority, fixture.authority, null);
            assertThatThrownBy(() -> get(anonymous, server.uri(), "/health/readiness"))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void aCertificateOfTheSameNameFromAnotherAuthorityGetsNoConnection() {
            LocalAuthority foreign = LocalAuthority.in(directory.resolve("foreign"));
            HttpClient forger = CustodianFixture.client(fixture.authority, foreign, "registry");
            assertThatThrownBy(() -> get(forger, server.uri(), "/health/readiness"))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void olderProtocolsThanTls13GetNoConnection() {
            assertThatThrownBy(() -> get(fixture.oldClient("registry"), server.uri(), "/health/readiness"))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void aNameThatIsNotConfiguredIsRefusedEverywhere() throws Exception {
            HttpClient stranger = fixture.client("custodian");
            HttpResponse<String> response = get(stranger, server.uri(), "/health/readiness");
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(code(response)).isEqualTo("CLIENT_UNKNOWN");
        }

        @Test
        void eachClientUsesItsOwnVerbsOnly() throws Exception {
            assertRefused("query", "/v1/wrap", wrapBody(KEY, "c"));
            assertRefused("query", "/v1/destroy", "{}");
            assertRefused("registry", "/v1/destroy", "{}");
            assertRefused("operator", "/v1/unwrap", "{}");
            assertRefused("operator", "/v1/index", indexBody("holder-index", 1));
            assertThat(code(get(registry, server.uri(), "/v1/status"))).isEqualTo("VERB_NOT_ALLOWED");
        }

        @Test
        void aClientUsesItsOwnIndexKeysOnly() throws Exception {
            HttpResponse<String> response = post(registry, server.uri(), "/v1/index", indexBody("access-log-index", 1));
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(code(response)).isEqualTo("KEY_NOT_ALLOWED");
        }

        private void assertRefused(String name, String path, String body) throws Exception {
            HttpResponse<String> response = post(fixture.client(name), server.uri(), path, body);
            assertThat(response.statusCode()).as(name + path).isEqualTo(403);
            assertThat(code(response)).isEqualTo("VERB_NOT_ALLOWED");
        }
    }

    @Nested
    class BadInput {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "null",
                    "[]",
                    "{",
                    "{\"key\":\"AAAA\"}",
                    "{\"key\":null,\"context\":\"AAAA\"}",
                    "{\"key\":\"AAAA\",\"context\":\"AAAA\",\"more\":1}",
                    "{\"key\":\"AAAA\",\"key\":\"AAAA\",\"context\":\"AAAA\"}",
                    "{\"key\":\"AAAA\",\"context\":\"AAAA\"} trailing",
                    "{\"key\":\"no base64!\",\"context\":\"AAAA\"}",
                    "{\"key\":12,\"context\":\"AAAA\"}"
                })
        void aBodyThatIsNotAsExpectedIsRefusedWithoutEcho(String body) throws Exception {
            HttpResponse<String> response = post(registry, server.uri(), "/v1/wrap", body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(code(response)).isEqualTo("BODY_INVALID");
            assertThat(response.body()).doesNotContain("AAAA").doesNotContain("trailing");
        }

        @Test
        void sizesAreLimited() throws Exception {
            String large = "{\"items\":[" + " ".repeat(Messages.MAX_BODY_BYTES) + "]}";
            assertThat(post(registry, server.uri(), "/v1/index", large).statusCode())
                    .isEqualTo(413);
            assertThat(code(index(registry, 2_001))).isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(filled(65, 1), "c"))))
                    .isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "c".repeat(300)))))
                    .isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/index", "{\"items\":[null]}")))
                    .isEqualTo("BODY_INVALID");
        }

        @Test
        void methodPathAndMediaTypeAreChecked() throws Exception {
            assertThat(get(registry, server.uri(), "/v1/wrap").statusCode()).isEqualTo(405);
            assertThat(get(registry, server.uri(), "/v2/wrap").statusCode()).isEqualTo(404);
            HttpResponse<String> text = registry.send(
                    HttpRequest.newBuilder(server.uri().resolve("/v1/wrap"))
                            .POST(HttpRequest.BodyPublishers.ofString(wrapBody(KEY, "c")))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(text.statusCode()).isEqualTo(415);
        }
    }
}
