package eu.diplomatics.portal.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import eu.diplomatics.portal.PortalApplication;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;

/**
 * ASVS 7.3.1, 7.3.2: a visit ends when nobody does anything, and after so long whatever is done; in the server as it runs, with the
 * settings that it comes with. Only the sign-in itself is made by the test.
 */
class TimeOutsTest {
    private static final String ENTER = "/enter-for-a-test";

    @TempDir
    private static Path folder;

    private static ECKey key;
    private static ConfigurableApplicationContext portal;
    private static final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("portal").generate();
        portal = started();
    }

    @AfterAll
    static void stop() {
        portal.close();
        http.close();
    }

    private static ConfigurableApplicationContext started(String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("portal.jwk"), key.toJSONString());
        return new SpringApplicationBuilder(PortalApplication.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("enter", FilterRegistrationBean.class, TimeOutsTest::entering))
                .run(Stream.concat(
                                Stream.of(
                                        "--spring.profiles.active=insecure",
                                        "--server.port=0",
                                        "--diplomatics.portal.origin=http://127.0.0.1",
                                        // nobody answers there: pages that were reached say so
                                        "--diplomatics.portal.query=http://127.0.0.1:9",
                                        "--diplomatics.portal.provider.issuer=http://127.0.0.1:9",
                                        "--diplomatics.portal.provider.client-id=portal",
                                        "--diplomatics.portal.provider.acr=substantial",
                                        "--diplomatics.portal.provider.key=" + file.toUri()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    /** In place of the provider: somebody is signed in since so many seconds. */
    private static FilterRegistrationBean<Filter> entering() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> {
            Instant since = Instant.now().minusSeconds(Long.parseLong(request.getParameter("seconds")));
            ((HttpServletRequest) request)
                    .getSession(true)
                    .setAttribute(
                            VisitFilter.VISITOR,
                            new SignedIn(
                                    "citizen",
                                    "85610100147",
                                    "citizen",
                                    null,
                                    since,
                                    key,
                                    new Tokens(
                                            new DPoPAccessToken("token"),
                                            null,
                                            Instant.now().plus(Duration.ofDays(1)))));
        });
        filter.addUrlPatterns(ENTER);
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    private static HttpResponse<String> get(String path, String cookie) throws IOException, InterruptedException {
        int port = Objects.requireNonNull(((WebServerApplicationContext) portal).getWebServer())
                .getPort();
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Cookie", cookie)
                        .timeout(Duration.ofMinutes(2))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String signedInSince(Duration ago) throws IOException, InterruptedException {
        String cookie = get(ENTER + "?seconds=" + ago.toSeconds(), "none=none")
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow();
        assertThat(cookie).startsWith("__Host-visit=");
        return cookie.replaceAll(";.*", "");
    }

    /** Of a page that its reader may see; what it would show cannot be had here. */
    private static int status(String cookie) throws IOException, InterruptedException {
        return get("/qualifications", cookie).statusCode();
    }

    private static Session session(String cookie) {
        TomcatWebServer server =
                (TomcatWebServer) Objects.requireNonNull(((WebServerApplicationContext) portal).getWebServer());
        Context context = (Context) server.getTomcat().getHost().findChildren()[0];
        return Arrays.stream(context.getManager().findSessions())
                .filter(each -> cookie.endsWith("=" + each.getId()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_visit_without_a_request_ends_after_a_quarter_of_an_hour() throws Exception {
        String cookie = signedInSince(Duration.ZERO);
        assertThat(status(cookie)).isEqualTo(503);
        Session session = session(cookie);
        assertThat(Duration.ofSeconds(session.getMaxInactiveInterval()))
                .as("as the configuration says")
                .isEqualTo(Duration.ofMinutes(15));
        session.setMaxInactiveInterval(1);
        // asking the session itself is no request of the visitor's
        await().atMost(Duration.ofMinutes(2)).until(() -> !session.isValid());
        HttpResponse<String> late = get("/qualifications", cookie);
        assertThat(late.statusCode()).isEqualTo(401);
        assertThat(late.headers().allValues("Set-Cookie"))
                .as("nobody is signed in anew")
                .isEmpty();
    }

    @Test
    void a_visit_ends_after_two_hours_whatever_is_done() throws Exception {
        assertThat(status(signedInSince(Duration.ofHours(2).minusMinutes(10)))).isEqualTo(503);
        String over = signedInSince(Duration.ofHours(2));
        Session session = session(over);
        assertThat(status(over)).isEqualTo(401);
        assertThat(session.isValid()).as("nothing of it is left").isFalse();
        assertThat(status(over)).isEqualTo(401);
    }

    @Test
    void no_configuration_makes_a_visit_longer_than_eight_hours_or_without_an_end() {
        for (String[] each : new String[][] {{"9h", "15m"}, {"0s", "15m"}, {"2h", "0s"}, {"2h", "-1s"}, {"2h", "3h"}}) {
            assertThatThrownBy(() -> started(
                                    "--diplomatics.portal.signed-in-for=" + each[0],
                                    "--server.servlet.session.timeout=" + each[1])
                            .close())
                    .as(each[0] + " " + each[1])
                    .rootCause()
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
