package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The suite on a real PostgreSQL that commits durably. */
class PostgresEventLogTest extends EventLogSuite {
    private final EventStoreFixture store = EventStoreFixture.create();

    @Override
    protected EventLog openLog() {
        return store.openLog();
    }

    @Override
    protected EventReader openReader() {
        return store.openReader();
    }

    @Test
    void aLoneUnitGoesInByTheShortWayAndIsJudgedByTheOther() throws SQLException {
        try (PostgresEventLog log = store.openLog();
                Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement()) {
            statement.execute("REVOKE EXECUTE ON FUNCTION eventstore.append FROM es_writer");
            Tag tag = Units.tag("reference");
            UUID holder = UUID.randomUUID();

            AppendOutcome outcome = Units.append(
                            log,
                            new AppendUnit(
                                    UUID.randomUUID(),
                                    List.of(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1, tag)),
                                    List.of(Condition.unclaimed(tag))))
                    .getFirst();

            assertThat(Units.places(outcome)).extracting(EventPlace::position).containsExactly(1L, 2L);
            assertThatThrownBy(() -> Units.append(log, Units.claiming(tag)))
                    .hasCauseInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("42501");
            assertThatThrownBy(() -> Units.append(log, Units.unit(Units.ifAbsent(holder, 1))))
                    .hasCauseInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("42501");
        }
    }

    @Test
    void unitsThatAllGoInDoSoByTheShortWayWithWhatIsNeededOnceOnce() throws SQLException {
        UUID before = UUID.randomUUID();
        UUID holder = UUID.randomUUID();
        try (PostgresEventLog log = store.openLog();
                Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement()) {
            statement.execute("REVOKE EXECUTE ON FUNCTION eventstore.append FROM es_writer");
            Units.append(log, Units.unit(Units.ifAbsent(before, 1)));

            List<AppendOutcome> outcomes = Units.append(
                    log,
                    Units.unit(Units.ifAbsent(before, 1), Units.event(UUID.randomUUID(), 1)),
                    Units.unit(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1)),
                    Units.unit(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1)));

            assertThat(outcomes.stream().map(Units::places))
                    .extracting(List::size)
                    .containsExactly(1, 2, 1);
            assertThat(Units.places(outcomes.getLast()))
                    .extracting(EventPlace::position)
                    .containsExactly(5L);
        }
    }

    @Test
    void oneEventOfTwoUnitsIsAppendedOnceOrTheSecondUnitClashes() {
        Tag taken = Units.tag("taken");
        UUID holder = UUID.randomUUID();
        SealedEvent shared = Units.event(holder, 1);
        EventReader reader = store.openReader();
        try (PostgresEventLog log = store.openLog()) {
            List<AppendOutcome> outcomes = Units.append(
                    log,
                    Units.unit(shared, Units.event(UUID.randomUUID(), 1, taken)),
                    Units.unit(shared, Units.event(UUID.randomUUID(), 1)));
            assertThat(outcomes.stream().map(Units::places))
                    .extracting(List::size)
                    .containsExactly(2, 1);

            SealedEvent other = Units.event(UUID.randomUUID(), 1);
            assertThat(Units.append(
                            log,
                            Units.under(Condition.unclaimed(taken), other, Units.event(UUID.randomUUID(), 1, taken)),
                            Units.unit(other, Units.event(UUID.randomUUID(), 1)),
                            Units.unit(other, Units.event(UUID.randomUUID(), 1)),
                            Units.unit(shared, Units.event(UUID.randomUUID(), 1))))
                    .satisfiesExactly(
                            first -> assertThat(first).isInstanceOf(AppendOutcome.Clashed.class),
                            second -> assertThat(Units.places(second)).hasSize(2),
                            third -> assertThat(third).isInstanceOf(AppendOutcome.Clashed.class),
                            fourth -> assertThat(fourth).isInstanceOf(AppendOutcome.Clashed.class));
            assertThat(reader.stream(holder)).hasSize(1);
            assertThat(reader.stream(other.context().stream())).hasSize(1);
        }
    }

    @Test
    void whatIsNeededOnceIsFoundWhereAnotherProcessAppendedIt() {
        UUID holder = UUID.randomUUID();
        try (PostgresEventLog another = store.openLog()) {
            Units.append(another, Units.unit(Units.ifAbsent(holder, 1)));
        }
        EventReader reader = store.openReader();
        try (PostgresEventLog log = store.openLog()) {
            List<AppendOutcome> outcomes = Units.append(
                    log,
                    Units.unit(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1)),
                    Units.unit(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1)));

            assertThat(outcomes.stream().map(Units::places))
                    .extracting(List::size)
                    .containsExactly(1, 1);
            assertThat(reader.stream(holder)).hasSize(1);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }
}
