package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.X509CertUtils;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.edge.TlsCaller;
import eu.diplomatics.edge.TlsCaller.Reply;
import eu.diplomatics.edge.TlsSettings;
import eu.diplomatics.local.LivingAuthority;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R08, R25, ASVS 12.1.1, 12.1.3, 12.1.4: TLS at this service's own port, over real connections. */
class TlsTest {
    private static final String OPEN = "/v1/receipt-keys";
    private static final String ALL = "/v1/qualifications";

    @TempDir
    static Path directory;

    private static final TestProvider provider = new TestProvider();
    private static LivingAuthority authority;
    private static LocalAuthority stores;
    private static RegistryFixture registry;

    @BeforeAll
    static void start() {
        authority = new LivingAuthority(directory.resolve("own"), List.of("service", "school", "other", "leaving"));
        stores = authority.stores();
        registry = RegistryFixture.prepared().withTokensOf(provider);
        TlsSettings.of(stores, "service").forEach((name, value) -> registry.with(variable(name), value));
        registry.start();
    }

    @AfterAll
    static void stop() {
        registry.close();
        provider.close();
    }

    private static String variable(String setting) {
        return setting.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static TlsCaller nobody() {
        return TlsCaller.nobody(stores);
    }

    private static TlsCaller with(String name) {
        return TlsCaller.with(stores, stores, name);
    }

    private static boolean isServed(TlsCaller caller) {
        try {
            return caller.get(registry.port(), OPEN).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static Reply register(TlsCaller caller, String token) throws IOException {
        return caller.ask(
                registry.port(),
                "POST",
                ALL,
                Samples.registration(Samples.reference(), Samples.insz(1)),
                "Authorization",
                "Bearer " + token);
    }

    @Test
    void tls_1_3_is_spoken_and_nothing_older() throws IOException {
        Reply reply = nobody().get(registry.port(), OPEN);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.protocol()).isEqualTo("TLSv1.3");
        assertThat(reply.text()).containsIgnoringCase("Strict-Transport-Security: max-age=");
        assertThatThrownBy(() -> nobody().speaking("TLSv1.2").get(registry.port(), OPEN))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_token_bound_to_a_certificate_is_good_on_connections_with_that_certificate_only() throws IOException {
        String token = provider.token(TestProvider.claims(
                        "institution-system",
                        "kuleuven",
                        Map.of(
                                "x5t#S256",
                                X509CertUtils.computeSHA256Thumbprint(
                                                with("school").certificate())
                                        .toString()),
                        Instant.now())
                .build());
        Reply registered = register(with("school"), token);
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        for (TlsCaller thief : List.of(with("other"), nobody())) {
            Reply refused = register(thief, token);
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.text()).contains("TOKEN_NOT_YOURS");
        }
    }

    @Test
    void a_certificate_of_another_authority_of_the_same_name_is_refused(@TempDir Path elsewhere) {
        LocalAuthority stranger = new LivingAuthority(elsewhere, List.of("school")).stores();
        assertThat(isServed(with("school"))).isTrue();
        assertThatThrownBy(() -> TlsCaller.with(stores, stranger, "school").get(registry.port(), OPEN))
                .isInstanceOf(IOException.class);
    }

    @Test
    void certificates_are_revoked_and_renewed_without_a_restart() throws IOException {
        assertThat(isServed(with("leaving"))).isTrue();
        authority.revoke("leaving");
        await().atMost(Duration.ofSeconds(60)).until(() -> !isServed(with("leaving")));
        assertThat(isServed(with("school"))).isTrue();

        X509Certificate renewed = authority.renew("service");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> nobody().get(registry.port(), OPEN).server().equals(renewed));
        assertThat(isServed(with("leaving"))).isFalse();
    }

    @Test
    void without_tls_nothing_starts_that_others_than_this_machine_can_reach() {
        try (RegistryFixture open = RegistryFixture.prepared().asForRealPeople().with("SERVER_ADDRESS", "0.0.0.0")) {
            assertThatThrownBy(open::start).hasStackTraceContaining("server.ssl.bundle");
        }
        try (RegistryFixture aside =
                RegistryFixture.prepared().asForRealPeople().with("MANAGEMENT_SERVER_PORT", "1")) {
            assertThatThrownBy(aside::start).hasStackTraceContaining("management.server.port opens a door");
        }
    }
}
