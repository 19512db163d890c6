package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.X509CertUtils;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.edge.RawHttp;
import eu.diplomatics.edge.Testssl;
import eu.diplomatics.edge.TlsCaller;
import eu.diplomatics.edge.TlsCaller.Reply;
import eu.diplomatics.edge.TlsSettings;
import eu.diplomatics.local.LivingAuthority;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R08, R25, ASVS 12.1.1, 12.1.2, 12.1.3, 12.1.4: TLS at this service's own port, over real connections. */
class TlsTest {
    private static final String OPEN = "/openapi.json";
    private static final String CONSULT = "/v1/consultations";
    private static final String SOMEBODY = "85610100147";

    @TempDir
    static Path directory;

    private static final TestProvider provider = new TestProvider();
    private static LivingAuthority authority;
    private static LocalAuthority stores;
    private static QueryFixture fixture;
    private static RunningQuery query;
    private static int port;

    @BeforeAll
    static void start() {
        authority = new LivingAuthority(
                directory.resolve("own"), List.of("service", "agency", "other", "leaving", "renewing"));
        stores = authority.stores();
        fixture = new QueryFixture();
        query = fixture.startWithTokensOf(provider, settings());
        port = query.base().getPort();
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
        provider.close();
    }

    private static String[] settings(String... more) {
        List<String> all = new ArrayList<>();
        TlsSettings.of(stores, "service").forEach((name, value) -> all.add(name + "=" + value));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    private static TlsCaller nobody() {
        return TlsCaller.nobody(stores);
    }

    private static TlsCaller with(String name) {
        return TlsCaller.with(stores, stores, name);
    }

    private static boolean isServed(TlsCaller caller) {
        try {
            return caller.get(port, OPEN).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static Reply consult(TlsCaller caller, String token) throws IOException {
        return caller.ask(
                port,
                "POST",
                CONSULT,
                "{\"insz\":\"" + SOMEBODY + "\"}",
                "Authorization",
                "Bearer " + token,
                "X-Purpose",
                "job-mediation",
                "X-Case",
                "1",
                "X-End-User",
                "u-1");
    }

    private static String tokenOf(X509Certificate certificate) {
        return provider.token(TestProvider.claims(
                        "agency-system",
                        "VDAB",
                        Map.of(
                                "x5t#S256",
                                X509CertUtils.computeSHA256Thumbprint(certificate)
                                        .toString()),
                        Instant.now())
                .build());
    }

    @Test
    void tls13IsSpokenAndNothingOlder() throws IOException {
        Reply reply = nobody().get(port, OPEN);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.protocol()).isEqualTo("TLSv1.3");
        assertThat(reply.text()).containsIgnoringCase("Strict-Transport-Security: max-age=");
        assertThatThrownBy(() -> nobody().speaking("TLSv1.2").get(port, OPEN)).isInstanceOf(IOException.class);
    }

    @Test
    void whoDoesNotSpeakTlsIsServedNothing() throws IOException {
        String answer = RawHttp.exchange(port, "GET " + OPEN + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answer).doesNotContain(" 200 ", "openapi", "Tomcat");
    }

    @Test
    void tls12IsSpokenWhereTheConfigurationSaysSoAndThenWithForwardSecrecyOnly() throws IOException {
        try (RunningQuery older =
                fixture.startWithTokensOf(provider, settings("diplomatics.edge.tls.accept-tls12=true"))) {
            int there = older.base().getPort();
            assertThat(nobody().get(there, OPEN).protocol()).isEqualTo("TLSv1.3");
            Reply reply = nobody().speaking("TLSv1.2").get(there, OPEN);
            assertThat(reply.cipherSuite()).startsWith("TLS_ECDHE_").containsAnyOf("_GCM_", "_CHACHA20_");
            assertThatThrownBy(() -> nobody().speaking("TLSv1.2")
                            .by("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")
                            .get(there, OPEN))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aTokenBoundToACertificateIsGoodOnConnectionsWithThatCertificateOnly() throws IOException {
        String token = tokenOf(with("agency").certificate());
        Reply granted = consult(with("agency"), token);
        assertThat(granted.status()).as(granted.text()).isEqualTo(200);
        for (TlsCaller thief : List.of(with("other"), nobody())) {
            Reply refused = consult(thief, token);
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.text()).contains("TOKEN_NOT_YOURS");
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityOfTheSameNameIsRefused(@TempDir Path elsewhere) {
        LocalAuthority stranger = new LivingAuthority(elsewhere, List.of("agency")).stores();
        assertThat(isServed(with("agency"))).isTrue();
        assertThatThrownBy(() -> TlsCaller.with(stores, stranger, "agency").get(port, OPEN))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aRevokedCertificateIsRefusedWithoutARestartAndTheOneAfterItIsTaken() {
        TlsCaller resuming = with("leaving").resuming();
        assertThat(isServed(resuming)).isTrue();
        authority.revoke("leaving");
        Deliveries.eventually().until(() -> !isServed(with("leaving")));
        assertThat(isServed(resuming)).as("with a session of before").isFalse();
        assertThat(isServed(with("agency"))).as("all others").isTrue();
        authority.renew("leaving");
        assertThat(isServed(with("leaving"))).isTrue();
    }

    @Test
    void listsThatCannotBeReadLeaveThoseBeforeInForce() throws IOException {
        authority.revoke("renewing");
        Deliveries.eventually().until(() -> !isServed(with("renewing")));
        byte[] good = Files.readAllBytes(stores.revoked());
        Files.write(stores.revoked(), "-----BEGIN X509 CRL-----\nbroken\n".getBytes(StandardCharsets.US_ASCII));
        try {
            // read again at the latest when it was looked at five times
            long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            while (System.nanoTime() < until) {
                assertThat(isServed(with("renewing"))).isFalse();
                assertThat(isServed(with("agency"))).isTrue();
            }
        } finally {
            Files.write(stores.revoked(), good);
        }
    }

    @Test
    void listsThatAreTooOldLetNobodyInWhoShowsACertificate() {
        authority.publish(Duration.ofHours(-1));
        try {
            Deliveries.eventually().until(() -> !isServed(with("agency")));
            assertThat(isServed(nobody())).isTrue();
        } finally {
            authority.publish(Duration.ofDays(30));
        }
        Deliveries.eventually().until(() -> isServed(with("agency")));
    }

    @Test
    void theServicesOwnCertificateIsRenewedWithoutARestartAndTheRulesStay() throws IOException {
        X509Certificate before = nobody().get(port, OPEN).server();
        X509Certificate renewed = authority.renew("service");
        assertThat(renewed).isNotEqualTo(before);
        Deliveries.eventually().until(() -> nobody().get(port, OPEN).server().equals(renewed));
        assertThatThrownBy(() -> nobody().speaking("TLSv1.2").get(port, OPEN)).isInstanceOf(IOException.class);
        authority.revoke("other");
        Deliveries.eventually().until(() -> !isServed(with("other")));
        authority.renew("other");
    }

    @Test
    void theConditionOfGoingLiveAboutCallersHolds() {
        try (RunningQuery real = fixture.startForRealPeople(true, settings())) {
            int there = real.base().getPort();
            Deliveries.eventually()
                    .untilAsserted(() -> assertThat(
                                    nobody().get(there, "/actuator/health").text())
                            .contains("custodian-hardware", "kafka-tls")
                            .doesNotContain("callers-tls"));
        }
    }

    @Test
    void withoutTlsNothingStartsThatOthersThanThisMachineCanReach() {
        assertThatThrownBy(() -> fixture.startForRealPeople(true, "server.address=0.0.0.0"))
                .hasStackTraceContaining("server.ssl.bundle");
        assertThatThrownBy(() -> fixture.startForRealPeople(true, "management.server.port=1"))
                .hasStackTraceContaining("management.server.port opens a door");
    }

    @Test
    void nothingStartsThatTrustsCertificatesWithoutKnowingWhichWereRevoked() {
        assertThatThrownBy(() -> fixture.startWithTokensOf(provider, settings("diplomatics.edge.tls.revoked=")))
                .hasStackTraceContaining("diplomatics.edge.tls.revoked");
        assertThatThrownBy(() -> fixture.startWithTokensOf(
                        provider, settings("diplomatics.edge.tls.revoked=" + directory.resolve("none"))))
                .hasStackTraceContaining("cannot be read");
    }

    /** Somebody else's program looks: testssl.sh. */
    @Test
    void testsslFindsNoFault(@TempDir Path reports) throws IOException, InterruptedException {
        Testssl verdicts = Testssl.of(port, reports);
        assertThat(verdicts.faults()).isEmpty();
        for (String older : List.of("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2")) {
            assertThat(verdicts.finding(older)).as(older).isEqualTo("not offered");
        }
        assertThat(verdicts.finding("TLS1_3")).startsWith("offered");
        for (String weak : List.of(
                "cipherlist_NULL",
                "cipherlist_aNULL",
                "cipherlist_EXPORT",
                "cipherlist_LOW",
                "cipherlist_3DES_IDEA",
                "cipherlist_AVERAGE")) {
            assertThat(verdicts.finding(weak)).as(weak).isEqualTo("not offered");
        }
        for (String known : List.of("heartbleed", "CCS", "BREACH", "LUCKY13", "RC4", "FREAK", "BEAST")) {
            assertThat(verdicts.finding(known)).as(known).startsWith("not vulnerable");
        }
    }
}
