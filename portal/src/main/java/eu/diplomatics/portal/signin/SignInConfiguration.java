package eu.diplomatics.portal.signin;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import eu.diplomatics.portal.PortalSettings;
import eu.diplomatics.portal.page.Failure;
import eu.diplomatics.portal.page.Pages;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.InstantSource;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.writers.CrossOriginEmbedderPolicyHeaderWriter.CrossOriginEmbedderPolicy;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

/** Which pages are whose, what is said where somebody may not enter, and what browsers are told about all of them. */
@Configuration(proxyBeanMethods = false)
class SignInConfiguration {
    private static final String[] EVERYBODY = {
        "/", "/sign-in", SignInController.BACK, "/signed-out", "/portal.css", "/actuator/health/**"
    };
    private static final String SIGN_OUT = "/sign-out";

    private static final String CONTENT =
            "default-src 'none'; style-src 'self'; form-action 'self'; " + "frame-ancestors 'none'; base-uri 'none'";
    private static final String FEATURES =
            "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";
    private static final long TWO_YEARS_SECONDS = 63_072_000;

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    Beginnings beginnings() {
        return new Beginnings();
    }

    @Bean
    Provider provider(PortalSettings settings, SslBundles bundles, InstantSource clock) {
        String bundle = settings.sslBundle();
        return new Provider(
                settings.provider(),
                key(settings.provider().key()),
                settings.origin().resolve(SignInController.BACK),
                bundle == null
                        ? null
                        : bundles.getBundle(bundle).createSslContext().getSocketFactory(),
                clock);
    }

    @Bean
    SecurityFilterChain pages(HttpSecurity http, PortalSettings settings, Provider provider, InstantSource clock)
            throws Exception {
        SecurityContextRepository ofRequest = new RequestAttributeSecurityContextRepository();
        boolean secure = "https".equals(settings.origin().getScheme());
        return http.authorizeHttpRequests(requests -> {
                    requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                            .permitAll()
                            .requestMatchers(EVERYBODY)
                            .permitAll();
                    Pages.all()
                            .forEach(page -> requests.requestMatchers(page)
                                    .hasAnyRole(Pages.partsOf(page).stream()
                                            .map(SignedIn::role)
                                            .toArray(String[]::new)));
                    requests.anyRequest().denyAll();
                })
                .securityContext(context -> context.securityContextRepository(ofRequest))
                .addFilterBefore(new VisitFilter(ofRequest, settings.signedInFor(), clock), CsrfFilter.class)
                .requestCache(cache -> cache.disable())
                .logout(logout -> logout.logoutUrl(SIGN_OUT)
                        .addLogoutHandler((request, response, who) -> {
                            if (who != null && who.getPrincipal() instanceof SignedIn visitor) {
                                provider.end(visitor);
                            }
                        })
                        .logoutSuccessUrl("/signed-out"))
                .exceptionHandling(refusals -> refusals.authenticationEntryPoint(
                                (request, response, e) -> refuse(request, response, Failure.SIGNED_OUT))
                        .accessDeniedHandler((request, response, e) -> refuse(
                                request,
                                response,
                                e instanceof CsrfException
                                        ? Failure.NOT_UNDERSTOOD
                                        : Pages.refusal(request.getServletPath()))))
                .headers(headers -> {
                    headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT));
                    headers.referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER));
                    headers.permissionsPolicyHeader(policy -> policy.policy(FEATURES));
                    headers.crossOriginOpenerPolicy(policy -> policy.policy(CrossOriginOpenerPolicy.SAME_ORIGIN));
                    headers.crossOriginEmbedderPolicy(policy -> policy.policy(CrossOriginEmbedderPolicy.REQUIRE_CORP));
                    headers.crossOriginResourcePolicy(policy -> policy.policy(CrossOriginResourcePolicy.SAME_ORIGIN));
                    headers.httpStrictTransportSecurity(policy -> {
                        if (secure) {
                            // also where TLS ends in front of this process
                            policy.requestMatcher(AnyRequestMatcher.INSTANCE)
                                    .includeSubDomains(true)
                                    .maxAgeInSeconds(TWO_YEARS_SECONDS);
                        } else {
                            policy.disable();
                        }
                    });
                })
                .build();
    }

    /** What is nobody's is not there. */
    private static void refuse(HttpServletRequest request, HttpServletResponse response, Failure failure)
            throws IOException {
        String page = request.getServletPath();
        (page.equals(SIGN_OUT) || Pages.all().contains(page) ? failure : Failure.NOT_FOUND).send(request, response);
    }

    private static ECKey key(Resource file) {
        try {
            ECKey key = ECKey.parse(file.getContentAsString(StandardCharsets.UTF_8));
            if (!key.isPrivate() || !Curve.P_256.equals(key.getCurve())) {
                throw new IllegalStateException("diplomatics.portal.provider.key has to be a private key on P-256");
            }
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException("diplomatics.portal.provider.key cannot be read", e);
        } catch (ParseException e) {
            // what the parser says may repeat the key
            throw new IllegalStateException("diplomatics.portal.provider.key is no JSON Web Key");
        }
    }
}
