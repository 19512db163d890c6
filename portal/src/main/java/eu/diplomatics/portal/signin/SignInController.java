package eu.diplomatics.portal.signin;

import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import eu.diplomatics.portal.page.Failure;
import eu.diplomatics.portal.page.FailureException;
import eu.diplomatics.portal.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The way in, by the provider and back, and the way out. */
@Controller
final class SignInController {
    static final String BACK = "/signed-in";
    private static final String COOKIE = "__Host-sign-in";
    private static final Logger LOG = LoggerFactory.getLogger(SignInController.class);

    private final Provider provider;
    private final Beginnings beginnings;
    private final InstantSource clock;

    SignInController(Provider provider, Beginnings beginnings, InstantSource clock) {
        this.provider = provider;
        this.beginnings = beginnings;
        this.clock = clock;
    }

    @GetMapping("/")
    String welcome(@AuthenticationPrincipal @Nullable SignedIn visitor) {
        return visitor == null ? "welcome" : "redirect:" + Pages.home(visitor.part());
    }

    @GetMapping("/signed-out")
    String signedOut() {
        return "signed-out";
    }

    /**
     * Begins to sign somebody in, also who is signed in already and has to again for what they asked.
     *
     * @param to the page to go back to; anything that is no page of these says nothing
     */
    @GetMapping("/sign-in")
    void begin(
            @AuthenticationPrincipal @Nullable SignedIn visitor,
            @RequestParam(required = false) @Nullable String to,
            HttpServletResponse response) {
        Begun begun;
        try {
            begun = provider.begin(
                    visitor == null ? null : visitor.wanted(),
                    to != null && Pages.all().contains(to) ? to : null);
        } catch (ProviderException e) {
            throw away(e);
        }
        go(response, begun.address(), cookie(beginnings.keep(begun), Beginnings.LIFE));
    }

    /** Where the provider sends people back to. */
    @GetMapping(BACK)
    void back(
            @CookieValue(name = COOKIE, required = false) @Nullable String name,
            HttpServletRequest request,
            HttpServletResponse response) {
        Begun begun =
                beginnings.take(name, clock.instant()).orElseThrow(() -> new FailureException(Failure.SIGN_IN_OVER));
        URI home;
        try {
            AuthorizationResponse answer =
                    AuthorizationResponse.parse(URI.create(provider.back() + "?" + request.getQueryString()));
            if (!begun.state().equals(answer.getState()) || !provider.sent(answer.getIssuer())) {
                throw new FailureException(Failure.SIGN_IN_OVER);
            }
            if (!answer.indicatesSuccess()) {
                LOG.info("a sign-in was refused by the provider");
                throw new FailureException(Failure.SIGN_IN_REFUSED);
            }
            Provider.Introduced person =
                    provider.redeem(answer.toSuccessResponse().getAuthorizationCode(), begun);
            enter(request, person, begun);
            home = URI.create(home(person.part(), begun.to()));
        } catch (ParseException | IllegalArgumentException e) {
            throw new FailureException(Failure.NOT_UNDERSTOOD);
        } catch (BadJOSEException e) {
            LOG.warn("a sign-in was not accepted: what the provider says about the person cannot be relied on");
            throw new FailureException(Failure.SIGN_IN_REFUSED);
        } catch (ProviderException e) {
            if (OAuth2Error.INVALID_GRANT.getCode().equals(e.code())) {
                throw new FailureException(Failure.SIGN_IN_OVER);
            }
            throw away(e);
        }
        go(response, home, cookie("", Duration.ZERO));
    }

    private static String home(String part, @Nullable String to) {
        return to != null && Pages.of(part).contains(to) ? to : Pages.home(part);
    }

    private void enter(HttpServletRequest request, Provider.Introduced person, Begun begun) {
        HttpSession before = request.getSession(false);
        if (before != null) {
            if (before.getAttribute(VisitFilter.VISITOR) instanceof SignedIn earlier) {
                provider.end(earlier);
            }
            before.invalidate();
        }
        HttpSession session;
        try {
            session = request.getSession(true);
        } catch (IllegalStateException e) {
            LOG.warn("too many visitors at once");
            throw new FailureException(Failure.BUSY);
        }
        session.setAttribute(
                VisitFilter.VISITOR,
                new SignedIn(
                        person.part(),
                        person.party(),
                        person.user(),
                        person.representing(),
                        clock.instant(),
                        begun.key(),
                        person.tokens()));
    }

    private static FailureException away(ProviderException e) {
        LOG.warn("the identity provider is away: {}", e.getMessage());
        return new FailureException(Failure.PROVIDER_AWAY);
    }

    /** Written here and now: an entity's headers would take the place of the cookie of the visit. */
    private static void go(HttpServletResponse response, URI address, ResponseCookie cookie) {
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
        response.setHeader(HttpHeaders.LOCATION, address.toString());
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    }

    private static ResponseCookie cookie(String value, Duration life) {
        return ResponseCookie.from(COOKIE, value)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Lax")
                .maxAge(life)
                .build();
    }
}
