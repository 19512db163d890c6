package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import eu.diplomatics.golive.ZoneSettings.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R34: registers of processors and audits go stale, by the clock and by a change of hosting, and that shows red. */
class OversightTest {
    private static final String REGISTER = """
            {"controller": "Agency", "reviewedOn": "2026-10-01",
             "zones": {"a": {"operator": "Host nv", "country": "BE", "parent": "BE"},
                       "b": {"operator": "Keyring bv", "country": "NL", "parent": "NL"},
                       "c": {"operator": "Agency", "country": "BE", "parent": "BE"},
                       "custodian": {"operator": "Notary gmbh", "country": "DE", "parent": "DE"}},
             "securityPlan": {"version": "3", "approvedOn": "2026-09-01", "reviewBy": "2027-09-01"},
             "internalAudit": {"last": "2026-06-01", "next": "2027-06-01"},
             "processors": [
               {"name": "Host nv", "agreement": "DPA 1", "agreedOn": "2026-08-01",
                "auditReport": "ISAE 3402 II 2026", "auditedOn": "2026-05-01", "auditDue": "2027-05-01"},
               {"name": "Keyring bv", "agreement": "DPA 2", "agreedOn": "2026-08-01",
                "auditReport": "ISO 27001", "auditedOn": "2026-05-01", "auditDue": "2027-07-01"},
               {"name": "Racks sa", "subProcessorOf": "Keyring bv", "agreement": "DPA 3", "agreedOn": "2026-08-01",
                "auditReport": "ISO 27001", "auditedOn": "2026-05-01", "auditDue": "2027-08-01"},
               {"name": "notary GmbH", "agreement": "DPA 4", "agreedOn": "2026-08-01",
                "auditReport": "eIDAS", "auditedOn": "2026-05-01", "auditDue": "2027-08-01"}]}
            """;

    @TempDir
    Path folder;

    private Path file = Path.of("");
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    @BeforeEach
    void keep() throws IOException {
        file = folder.resolve("oversight.json");
        write(REGISTER);
    }

    private void write(String register) throws IOException {
        Files.writeString(file, register);
    }

    private static Zones zones(String hostCountry, String host) {
        return Zones.of(
                new ZoneSettings(
                        new Place(host, hostCountry, "BE", null, null),
                        new Place("Keyring bv", "NL", "NL", null, null),
                        new Place("Agency", "BE", "BE", null, null),
                        new Place("Notary gmbh", "DE", "DE", null, null),
                        null,
                        false),
                false);
    }

    private Oversight oversight() {
        return new Oversight(file, zones("BE", "Host nv"), () -> now);
    }

    private Verdict look() {
        return oversight().check();
    }

    @Test
    void a_register_in_which_nothing_is_overdue_is_green() {
        assertThat(look()).isEqualTo(Verdict.green("reviewed on 2026-10-01; the first date is 2027-05-01"));
        assertThat(oversight().nextDue()).contains(LocalDate.parse("2027-05-01"));
    }

    @ParameterizedTest
    @CsvSource({
        "2027-05-01T23:59:59Z, GREEN, the first date",
        "2027-05-02T00:00:00Z, RED, the next audit report of Host nv was due on 2027-05-01",
        "2027-06-02T00:00:00Z, RED, the next internal audit was due on 2027-06-01",
        "2027-08-02T00:00:00Z, RED, the next audit report of Racks sa was due on 2027-08-01",
        "2027-09-02T00:00:00Z, RED, the review of the security plan was due on 2027-09-01",
        "2026-09-30T00:00:00Z, RED, 'the review of the registers is said to be on a day to come, 2026-10-01'"
    })
    void it_turns_red_the_day_after_a_date_has_passed(Instant later, State state, String why) {
        now = later;
        assertThat(look().state()).isEqualTo(state);
        assertThat(look().why()).contains(why);
    }

    @Test
    void another_declaration_of_zones_makes_it_stale_until_it_is_reviewed_for_those() throws IOException {
        Verdict moved = new Oversight(file, zones("NL", "Host nv"), () -> now).check();
        assertThat(moved.state()).isEqualTo(State.RED);
        assertThat(moved.why()).isEqualTo("the registers were reviewed for other zones than are declared");

        write(REGISTER.replace("\"Host nv\", \"country\": \"BE\"", "\"Other nv\", \"country\": \"BE\""));
        Verdict changedHands = new Oversight(file, zones("BE", "Other nv"), () -> now).check();
        assertThat(changedHands.why()).isEqualTo("there is no agreement with Other nv, who runs zone a");

        write(REGISTER.replace("Host nv", "Other nv"));
        assertThat(new Oversight(file, zones("BE", "Other nv"), () -> now)
                        .check()
                        .state())
                .isEqualTo(State.GREEN);
    }

    @Test
    void without_a_register_it_is_red_and_says_what_to_do() {
        Verdict none = new Oversight(null, zones("BE", "Host nv"), () -> now).check();
        assertThat(none.state()).isEqualTo(State.RED);
        assertThat(none.whatToDo()).contains("diplomatics.oversight.register");
        assertThat(new Oversight(folder.resolve("none"), zones("BE", "Host nv"), () -> now)
                        .check()
                        .why())
                .isEqualTo("the register of oversight cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\": \"3\", | | does not say securityPlan.version",
                "\"auditedOn\": \"2026-05-01\", \"auditDue\": \"2027-07-01\" | \"auditedOn\": \"2026-05-01\" | does not say processors[1].auditDue",
                "\"controller\": \"Agency\", | \"controller\": \" \", | does not say controller",
                "\"controller\": | \"kontroller\": | line 1",
                "\"2026-09-01\" | \"first of September\" | line 6",
                "{\"controller\" | {\"controller\": \"x\", \"controller\" | line 1"
            })
    void a_register_that_says_too_little_or_something_else_is_red(String was, String is, String why)
            throws IOException {
        String changed = REGISTER.replace(was, is == null ? "" : is);
        assertThat(changed).isNotEqualTo(REGISTER);
        write(changed);
        assertThat(look().state()).isEqualTo(State.RED);
        assertThat(look().why()).contains(why).doesNotContain("September", "kontroller");
    }
}
