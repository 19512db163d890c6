package eu.diplomatics.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** R07: who asks for somebody else does so as the provider vouches, for one person, for a time. */
class DelegationTest {
    private static final URI ADDRESS = URI.create("https://query.test/v1/consultations");
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Instant FROM = NOW.minus(Duration.ofDays(1));
    private static final Instant UNTIL = NOW.plus(Duration.ofDays(1));
    private static final String PARENT = "85610100147";
    private static final String CHILD = "10620100182";

    private static final TestProvider provider = new TestProvider();
    private static final ECKey holder = TestProvider.newKey("holder");

    @AfterAll
    static void stop() {
        provider.close();
    }

    private static AccessTokens tokens(Instant now, String... parts) {
        return new AccessTokens(
                provider.settings(Set.of(parts), Set.of("substantial"), null), "registry", InstantSource.fixed(now));
    }

    private static Admission admit(AccessTokens tokens, String delegate, @Nullable Object delegation, Instant now) {
        String token = provider.token(TestProvider.claims("delegate", delegate, TestProvider.boundTo(holder), now)
                .claim("diplomatics_delegation", delegation)
                .build());
        return tokens.admit(new Presented(
                "POST",
                ADDRESS,
                List.of("DPoP " + token),
                List.of(TestProvider.proof(holder, "POST", ADDRESS.toString(), token, now, claims -> {})),
                null));
    }

    private static Admission admit(@Nullable Object delegation) {
        return admit(tokens(NOW, "delegate"), PARENT, delegation, NOW);
    }

    private static Map<String, Object> right() {
        return new HashMap<>(TestProvider.delegation(CHILD, "parent", FROM, UNTIL));
    }

    private static Map<String, Object> but(String name, @Nullable Object value) {
        Map<String, Object> changed = right();
        changed.remove(name);
        if (value != null) {
            changed.put(name, value);
        }
        return changed;
    }

    private static Admission invalid() {
        return new Admission.Refused(Refusal.DELEGATION_INVALID);
    }

    @ParameterizedTest
    @EnumSource
    void a_delegate_of_each_kind_is_known_with_whom_they_stand_for(Delegation.Kind kind) {
        Admission admission = admit(but("kind", kind.name().toLowerCase(Locale.ROOT)));
        assertThat(admission).isInstanceOfSatisfying(Admission.Granted.class, granted -> {
            assertThat(granted.bearer().part()).isEqualTo(Part.DELEGATE);
            assertThat(granted.bearer().party()).isEqualTo(PARENT);
            assertThat(granted.bearer().delegation()).isEqualTo(new Delegation(kind, CHILD, FROM, UNTIL));
            assertThat(granted.toString()).doesNotContain(PARENT, CHILD);
            assertThat(granted.bearer().delegation()).asString().doesNotContain(PARENT, CHILD);
        });
    }

    @Test
    void the_period_is_held_against_the_clock_its_end_not_counted() {
        assertThat(admit(tokens(FROM, "delegate"), PARENT, right(), FROM)).isInstanceOf(Admission.Granted.class);
        Admission refused = new Admission.Refused(Refusal.DELEGATION_NOT_IN_FORCE);
        Instant before = FROM.minusSeconds(1);
        assertThat(admit(tokens(before, "delegate"), PARENT, right(), before)).isEqualTo(refused);
        assertThat(admit(tokens(UNTIL, "delegate"), PARENT, right(), UNTIL)).isEqualTo(refused);
        Instant last = UNTIL.minusSeconds(1);
        assertThat(admit(tokens(last, "delegate"), PARENT, right(), last)).isInstanceOf(Admission.Granted.class);
    }

    @Test
    void a_period_that_ends_before_it_begins_has_no_end_or_outlasts_a_childhood_is_refused() {
        assertThat(admit(but("until", FROM.getEpochSecond()))).isEqualTo(invalid());
        assertThat(admit(but("until", null))).isEqualTo(invalid());
        assertThat(admit(but("from", null))).isEqualTo(invalid());
        assertThat(admit(but("until", "2026-12-31"))).isEqualTo(invalid());
        assertThat(admit(but("until", Long.MAX_VALUE))).isEqualTo(invalid());
        assertThat(admit(but("from", -1L))).isEqualTo(invalid());
        long longest = FROM.plus(Delegation.LONGEST).getEpochSecond();
        assertThat(admit(but("until", longest))).isInstanceOf(Admission.Granted.class);
        assertThat(admit(but("until", longest + 1))).isEqualTo(invalid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"friend", "PARENT", ""})
    void a_kind_nobody_knows_is_refused(String kind) {
        assertThat(admit(but("kind", kind))).isEqualTo(invalid());
    }

    @Test
    void who_stands_for_nobody_or_for_themselves_is_refused() {
        assertThat(admit(null)).isEqualTo(invalid());
        assertThat(admit("parent")).isEqualTo(invalid());
        assertThat(admit(but("for", null))).isEqualTo(invalid());
        assertThat(admit(but("for", "vdab"))).isEqualTo(invalid());
        assertThat(admit(but("for", PARENT))).isEqualTo(invalid());
        assertThat(admit(tokens(NOW, "delegate"), "a-firm", right(), NOW)).isEqualTo(invalid());
    }

    @Test
    void a_provider_that_may_not_vouch_for_delegates_is_not_believed() {
        assertThat(admit(tokens(NOW, "citizen", "controller"), PARENT, right(), NOW))
                .isEqualTo(new Admission.Refused(Refusal.TOKEN_INVALID));
    }
}
