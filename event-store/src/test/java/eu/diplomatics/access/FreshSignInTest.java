package eu.diplomatics.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** R07, R26, ASVS 6.8.4: for what weighs much, whoever sits there signed in a moment ago (RFC 9470). */
class FreshSignInTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final String SHRED = "/v1/shreddings";

    private static FreshSignIn rule(String service, String... acr) {
        return new FreshSignIn(settings(null, null, acr), service, InstantSource.fixed(NOW));
    }

    private static IdentitySettings settings(
            @Nullable Duration signedInFor, @Nullable Duration freshly, String... acr) {
        return new IdentitySettings(
                null, null, null, null, null, null, null, null, signedInFor, freshly, Set.of(acr), null);
    }

    private static Bearer bearer(Part part, @Nullable String acr, @Nullable Instant signedIn) {
        return new Bearer(part, "office", "client", Set.of(), acr, signedIn, null);
    }

    private static Bearer controller(Duration ago) {
        return bearer(Part.CONTROLLER, "substantial", NOW.minus(ago));
    }

    @Test
    void a_sign_in_is_fresh_for_a_quarter_of_an_hour_and_no_longer() {
        FreshSignIn rule = rule("registry");
        assertThat(rule.challenge(controller(Duration.ofMinutes(15)), "POST", SHRED))
                .isEmpty();
        assertThat(rule.challenge(controller(Duration.ofMinutes(15).plusMillis(1)), "POST", SHRED))
                .contains("error=\"insufficient_user_authentication\", max_age=900");
        assertThat(rule.challenge(bearer(Part.CONTROLLER, "high", null), "POST", SHRED))
                .as("nobody knows when")
                .isPresent();
    }

    @Test
    void a_stronger_way_to_sign_in_is_asked_for_where_the_configuration_names_one() {
        FreshSignIn rule = rule("registry", "high", "highest");
        assertThat(rule.challenge(controller(Duration.ZERO), "POST", SHRED))
                .contains("error=\"insufficient_user_authentication\", max_age=900, acr_values=\"high highest\"");
        assertThat(rule.challenge(bearer(Part.CONTROLLER, null, NOW), "POST", SHRED))
                .isPresent();
        assertThat(rule.challenge(bearer(Part.CONTROLLER, "high", NOW), "POST", SHRED))
                .isEmpty();
        assertThat(rule.challenge(bearer(Part.CONTROLLER, "high", NOW.minusSeconds(901)), "POST", SHRED))
                .as("strong, and too long ago")
                .isPresent();
    }

    @Test
    void machines_are_never_asked_and_every_person_is() {
        for (String service : Set.of("registry", "query")) {
            FreshSignIn rule = rule(service, "high");
            FreshSignIn.requests(service).forEach((request, parts) -> {
                String[] words = request.split(" ", 2);
                for (Part part : Part.values()) {
                    Optional<String> challenge = rule.challenge(bearer(part, null, null), words[0], words[1]);
                    assertThat(challenge.isPresent())
                            .as(part + " " + request)
                            .isEqualTo(part.isPerson() && parts.contains(part));
                }
            });
        }
    }

    @Test
    void what_does_not_weigh_much_is_not_concerned() {
        FreshSignIn rule = rule("registry");
        Bearer old = controller(Duration.ofHours(7));
        assertThat(rule.challenge(old, "GET", SHRED)).isEmpty();
        assertThat(rule.challenge(old, "POST", "/v1/qualifications")).isEmpty();
        assertThat(rule.concerns("GET", SHRED)).isFalse();
        assertThat(rule.concerns("POST", SHRED)).isTrue();
        assertThat(rule("query").concerns("POST", SHRED)).isFalse();
        assertThat(rule("query").concerns("HEAD", "/v1/qualifications/{reference}"))
                .as("what is read by HEAD is read")
                .isTrue();
    }

    @Test
    void a_citizen_and_a_case_worker_do_their_days_work_without_it() {
        FreshSignIn rule = rule("query", "high");
        for (Part part : Arrays.asList(Part.CITIZEN, Part.DELEGATE, Part.CASE_WORKER)) {
            assertThat(rule.challenge(bearer(part, "substantial", NOW.minusSeconds(7200)), "POST", "/v1/consultations"))
                    .isEmpty();
        }
        assertThat(rule.challenge(bearer(Part.DPO, "high", NOW.minusSeconds(7200)), "POST", "/v1/consultations"))
                .isPresent();
    }

    @Test
    void a_configuration_that_could_never_be_met_is_refused() {
        assertThatThrownBy(() -> settings(null, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings(Duration.ofHours(1), Duration.ofHours(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(settings(Duration.ofMinutes(5), null).signedInFreshly()).isEqualTo(Duration.ofMinutes(5));
    }
}
