package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import eu.diplomatics.golive.ZoneSettings.Place;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R25, R15, R23: who holds what, where and under whose law is declared, or nothing starts. */
class ZonesTest {
    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));
    private static final Place A = place("Host nv", "BE", "BE");
    private static final Place B = place("Keyring bv", "NL", "NL");
    private static final Place CUSTODIAN = place("Notary gmbh", "DE", "DE");
    private static final Place C = new Place("Agency", "BE", "BE", "An Jacobs, controller", "2026-10-01");

    private static Place place(String operator, String country, String parent) {
        return new Place(operator, country, parent, null, null);
    }

    private static ZoneSettings settings(
            @Nullable Place a, @Nullable Place b, @Nullable Place c, @Nullable Place custodian, String... allowed) {
        return new ZoneSettings(a, b, c, custodian, List.of(allowed), false);
    }

    private static void refused(@Nullable ZoneSettings settings, String... says) {
        assertThatThrownBy(() -> Zones.of(settings, false))
                .isInstanceOf(Zones.RefusedException.class)
                .message()
                .contains(says);
    }

    @Test
    void fourZonesApartInAllowedCountriesAreGreen() {
        Zones zones = Zones.of(settings(A, B, C, CUSTODIAN), false);
        assertThat(new ZonesDeclared(zones).check().state()).isEqualTo(State.GREEN);
        assertThat(zones.document().toString())
                .contains("Host nv", "Keyring bv", "Notary gmbh", "An Jacobs, controller");
    }

    @Test
    void nothingStartsWithoutZonesButThisOneMachine() {
        refused(null, "zone a is not declared", "zone b", "zone c", "zone custodian", "diplomatics.zones.a.operator");
        Verdict verdict = new ZonesDeclared(Zones.of(null, true)).check();
        assertThat(verdict.state()).isEqualTo(State.RED);
        assertThat(verdict.whatToDo()).contains("diplomatics.zones");
    }

    @Test
    void oneMachineSaysSoAndIsForTestsOnly() {
        ZoneSettings oneMachine = new ZoneSettings(null, null, null, null, null, true);
        Zones zones = Zones.of(oneMachine, true);
        assertThat(new ZonesDeclared(zones).check().state()).isEqualTo(State.RED);
        assertThat(new ZonesDeclared(zones).check().why()).contains("one machine");
        refused(oneMachine, "one-machine is for the profile insecure");
    }

    @ParameterizedTest
    @CsvSource({
        "US, BE, zone b stands in US, which is not allowed",
        "BE, US, zone b is controlled from US, which is not allowed",
        "BE, GB, zone b is controlled from GB",
        "BE, '', zone b is controlled from no country",
        "Belgium, BE, zone b stands in no country of ISO 3166-1",
        "be, BE, zone b stands in no country"
    })
    void aZoneOutsideTheAllowListIsRefusedByNameAndByWhatIsWrong(String country, String parent, String says) {
        refused(settings(A, place("Keyring bv", country, parent), C, CUSTODIAN), says);
    }

    @Test
    void theAllowListIsTheEconomicAreaUnlessTheControllerSaysOtherwise() {
        assertThat(Zones.EEA).hasSize(30);
        Place swiss = place("Notary ag", "CH", "CH");
        refused(settings(A, B, C, swiss), "zone custodian stands in CH");
        assertThat(Zones.of(settings(A, B, C, swiss, "BE", "NL", "CH"), false).allowed())
                .containsExactly("BE", "CH", "NL");
        refused(settings(A, B, C, CUSTODIAN, "BE", "NL"), "zone custodian stands in DE", "(BE, NL)");
        refused(settings(A, B, C, CUSTODIAN, "BE", "NL", "DE", "EU"), "\"EU\"", "no country of ISO 3166-1");
    }

    @Test
    void whatMustStayApartHasDifferentOperators() {
        refused(settings(A, place(" host NV ", "BE", "BE"), C, CUSTODIAN), "zones a and b have the same operator");
        refused(settings(A, B, C, place("Host nv", "BE", "BE")), "zones a and custodian");
        refused(settings(A, B, C, place("Keyring bv", "BE", "BE")), "zones b and custodian");
        refused(settings(place("", "BE", "BE"), B, C, CUSTODIAN), "zone a has no operator");
    }

    @Test
    void everythingWrongIsSaidAtOnce() {
        refused(
                settings(place("Host nv", "US", "US"), null, C, CUSTODIAN),
                "zone a stands in US",
                "zone b is not declared");
    }

    @Test
    void whoSeesPlaintextIsNamedAndSomebodySigned() {
        assertThat(plaintext(C).state()).isEqualTo(State.GREEN);
        assertThat(plaintext(C).why()).contains("Agency sees plaintext", "An Jacobs, controller", "2026-10-01");
        assertThat(plaintext(place("Agency", "BE", "BE")).why()).contains("nobody signed");
        assertThat(plaintext(new Place("Agency", "BE", "BE", "An Jacobs", "2026-12-01"))
                        .state())
                .isEqualTo(State.RED);
        assertThat(plaintext(new Place("HOST NV", "BE", "BE", "An Jacobs", "2026-10-01"))
                        .why())
                .contains("who stores the data could read them");
        assertThat(new PlaintextAccepted(Zones.of(null, true), NOW).check().state())
                .isEqualTo(State.RED);
    }

    private static Verdict plaintext(Place c) {
        return new PlaintextAccepted(Zones.of(settings(A, B, c, CUSTODIAN), false), NOW).check();
    }

    @ParameterizedTest
    @CsvSource({"An Jacobs,", ",2026-10-01", "An Jacobs,last October"})
    void halfASignatureIsRefused(@Nullable String by, @Nullable String on) {
        refused(settings(A, B, new Place("Agency", "BE", "BE", by, on), CUSTODIAN), "half a risk acceptance");
    }
}
