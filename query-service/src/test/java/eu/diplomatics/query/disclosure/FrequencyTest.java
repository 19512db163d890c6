package eu.diplomatics.query.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.query.accesslog.AccessRows.Logged;
import eu.diplomatics.query.disclosure.Accesses.Cell;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** R19, R30: counts tell how busy it is, and of nobody that they were asked about. */
class FrequencyTest {
    private static final Instant HOUR = Instant.parse("2026-11-23T08:00:00Z");

    private final Frequency frequency = new Frequency(5);

    private void ask(Instant at, String caller, String purpose, int person) {
        Access access = new Access(
                UUID.randomUUID(),
                new byte[] {1, 1, (byte) person},
                caller,
                purpose,
                "case",
                "user",
                1L,
                "CONSULT",
                null,
                "FOUND",
                null,
                List.of(),
                "trace");
        frequency.count(new Logged(access.id(), at, Optional.of(access)));
    }

    @Test
    void rowsAreCountedByHourAgencyAndPurpose() {
        for (int person = 0; person < 6; person++) {
            ask(HOUR.plusSeconds(3599), "AGENCY:vdab", "job-matching", person);
        }
        for (int person = 0; person < 5; person++) {
            ask(HOUR, "AGENCY:vdab", "grants", person);
            ask(HOUR, "AGENCY:aho", "grants", person);
        }
        for (int person = 0; person < 5; person++) {
            ask(HOUR.minusSeconds(1), "AGENCY:vdab", "job-matching", person);
        }
        frequency.close();
        assertThat(frequency.cells())
                .containsExactly(
                        new Cell(HOUR, "aho", "grants", 5),
                        new Cell(HOUR, "vdab", "grants", 5),
                        new Cell(HOUR, "vdab", "job-matching", 6),
                        new Cell(HOUR.minusSeconds(3600), "vdab", "job-matching", 5));
        assertThat(frequency.suppressed()).isZero();
    }

    @Test
    void aCellAboutFewPersonsIsLeftOutHoweverOftenTheyWereAskedAbout() {
        for (int i = 0; i < 100; i++) {
            ask(HOUR, "AGENCY:police", "inquiry", i % 4);
        }
        frequency.close();
        assertThat(frequency.cells()).isEmpty();
        assertThat(frequency.suppressed()).isEqualTo(1);
    }

    @Test
    void peopleWhoLookedAtTheirOwnAndTheRegistryItselfAreNotCounted() {
        for (int person = 0; person < 9; person++) {
            ask(HOUR, "CITIZEN", "own", person);
            ask(HOUR, "exporter", "exit", person);
        }
        frequency.close();
        assertThat(frequency.cells()).isEmpty();
        assertThat(frequency.suppressed()).isZero();
    }
}
