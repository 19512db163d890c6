package eu.diplomatics.portal.signin;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.openid.connect.sdk.Nonce;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;

/** ASVS 7.3.2: how long a sign-in and a visit are good, by a clock that is moved. */
class VisitsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-23T08:00:00Z");
    private static final Duration LONGEST = Duration.ofHours(2);

    private final ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    private final SignedIn visitor = new SignedIn(
            "citizen",
            "85610100147",
            "citizen:85610100147",
            null,
            BEGIN,
            key,
            new Tokens(new DPoPAccessToken("token"), null, BEGIN));
    private final MockHttpSession session = new MockHttpSession();
    private Instant now = BEGIN;

    VisitsTest() throws Exception {}

    @AfterEach
    void forget() {
        SecurityContextHolder.clearContext();
    }

    private boolean passes(String method) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/qualifications");
        request.setSession(session);
        HttpServletResponse response = new MockHttpServletResponse();
        MockFilterChain chain = new MockFilterChain();
        new VisitFilter(new RequestAttributeSecurityContextRepository(), LONGEST, () -> now)
                .doFilter(request, response, chain);
        return chain.getRequest() != null;
    }

    @Test
    void a_visit_ends_after_so_long_whatever_is_done() throws Exception {
        session.setAttribute(VisitFilter.VISITOR, visitor);
        now = BEGIN.plus(LONGEST).minusMillis(1);
        assertThat(passes("POST")).isTrue();
        assertThat(Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication())
                        .getPrincipal())
                .isSameAs(visitor);
        SecurityContextHolder.clearContext();

        now = BEGIN.plus(LONGEST);
        assertThat(passes("GET")).as("a page that says so").isTrue();
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
        assertThat(session.isInvalid()).isTrue();
    }

    @Test
    void who_is_not_signed_in_sends_no_form() throws Exception {
        assertThat(passes("GET")).isTrue();
        assertThat(passes("POST")).isFalse();
        assertThat(passes("DELETE")).isFalse();
    }

    @Test
    void nothing_that_gets_into_a_log_names_the_visitor() {
        assertThat(visitor.toString() + visitor.getName() + visitor.authentication() + visitor.tokens())
                .doesNotContain("85610100147", "token]", key.getX().toString());
    }

    private Begun begun() {
        return new Begun(
                new State(),
                new Nonce(),
                new CodeVerifier(),
                key,
                BEGIN,
                URI.create("https://login.example"),
                List.of("substantial"),
                null);
    }

    @Test
    void a_sign_in_is_taken_once_and_not_after_ten_minutes() throws Exception {
        Beginnings beginnings = new Beginnings();
        Begun begun = begun();
        String name = beginnings.keep(begun);
        assertThat(beginnings.take("another", BEGIN)).isEmpty();
        assertThat(beginnings.take(null, BEGIN)).isEmpty();
        assertThat(beginnings.take(name, BEGIN)).contains(begun);
        assertThat(beginnings.take(name, BEGIN)).isEmpty();
        assertThat(beginnings.take(beginnings.keep(begun), BEGIN.plus(Beginnings.LIFE)))
                .isEmpty();
    }

    @Test
    void who_begins_many_sign_ins_makes_the_oldest_forgotten_and_takes_no_more_room() {
        Beginnings beginnings = new Beginnings();
        Begun begun = begun();
        String first = beginnings.keep(begun);
        String last = first;
        for (int i = 0; i < 10_000; i++) {
            last = beginnings.keep(begun);
        }
        assertThat(beginnings.take(first, BEGIN)).isEmpty();
        assertThat(beginnings.take(last, BEGIN)).isPresent();
    }
}
