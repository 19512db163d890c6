package eu.diplomatics.portal.page;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.portal.PortalSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.env.MockEnvironment;

/** R35: what people and tokens travel on is encrypted, or the portal does not start. */
class TlsTest {
    private final MockEnvironment environment = new MockEnvironment();

    private static PortalSettings settings(String origin, String query, String issuer) {
        return new PortalSettings(
                URI.create(origin),
                URI.create(query),
                Duration.ofHours(2),
                Duration.ofSeconds(30),
                10,
                null,
                new PortalSettings.Provider(
                        issuer,
                        "portal",
                        new ByteArrayResource(new byte[0]),
                        List.of(),
                        List.of(),
                        "part",
                        "party",
                        "delegation"));
    }

    private void start(String origin, String query, String issuer) {
        PageConfiguration.requireTls(settings(origin, query, issuer), environment);
    }

    @Test
    void one_address_without_https_is_enough_not_to_start() {
        assertThatCode(() -> start("https://a.example", "https://b.example", "https://c.example"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> start("http://a.example", "https://b.example", "https://c.example"))
                .hasMessageContaining("http://a.example");
        assertThatThrownBy(() -> start("https://a.example", "http://b.example", "https://c.example"))
                .hasMessageContaining("http://b.example");
        assertThatThrownBy(() -> start("https://a.example", "https://b.example", "http://c.example"))
                .hasMessageContaining("http://c.example");
    }

    @Test
    void beyond_this_machine_pages_are_served_with_a_certificate_only() {
        environment.setProperty("server.address", "192.0.2.7");
        assertThatThrownBy(() -> start("https://a.example", "https://b.example", "https://c.example"))
                .hasMessageContaining("server.ssl.bundle");
        environment.setProperty("server.ssl.bundle", "edge");
        assertThatCode(() -> start("https://a.example", "https://b.example", "https://c.example"))
                .doesNotThrowAnyException();
    }

    @Test
    void the_profile_for_trying_out_asks_for_none_of_it() {
        environment.setActiveProfiles("insecure");
        assertThatCode(() -> start("http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"))
                .doesNotThrowAnyException();
    }
}
