package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.outcome;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.AppendOutcome.Appended;
import eu.diplomatics.eventstore.AppendOutcome.Clashed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the database sees to while the reference key rotates (R16). */
class TagVersionsTest {
    private static final UUID OPERATION = UUID.randomUUID();

    private final EventStoreFixture store = EventStoreFixture.create();
    private final PostgresEventLog log = store.openLog();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void whoTagsForVersionsThatAreOverIsRefusedAndItsNeighboursAreNot() throws SQLException {
        append(log, claiming("old", TagEpoch.FIRST));
        begin();
        List<CompletableFuture<AppendOutcome>> futures = log.append(
                List.of(claiming("late", TagEpoch.FIRST), unit(event(UUID.randomUUID(), 1)), rotating("both")));
        assertThatThrownBy(() -> outcome(futures.getFirst())).matches(UnitRefusedException::isStale);
        assertThat(outcome(futures.get(1))).isInstanceOf(Appended.class);
        assertThat(outcome(futures.get(2))).isInstanceOf(Appended.class);
        assertThat(append(log, claiming("late", new TagEpoch(2, Map.of(tag("late"), tag("next late"))))))
                .first()
                .isInstanceOf(Appended.class);
        run(backfill(1, "{1}", sql("old"), sql("next old")));
        end();
        assertThatThrownBy(() -> outcome(log.append(List.of(rotating("later"))).getFirst()))
                .matches(UnitRefusedException::isStale);
        assertThat(tags()).containsExactlyInAnyOrder("next old", "next both", "next late");
        assertThat(append(log, claiming("next old", new TagEpoch(3, Map.of()))))
                .first()
                .isInstanceOf(Clashed.class);
    }

    @Test
    void aClaimIsCheckedUnderBothVersions() throws SQLException {
        begin();
        append(log, rotating("a"));
        assertThat(append(log, rotating("a"))).first().isInstanceOf(Clashed.class);
        assertThat(append(log, claiming("b", new TagEpoch(2, Map.of(tag("b"), tag("next a"))))))
                .as("taken under the next version")
                .first()
                .isInstanceOf(Clashed.class);
        assertThat(append(log, claiming("a", new TagEpoch(2, Map.of(tag("a"), tag("next b"))))))
                .as("taken under the current one")
                .first()
                .isInstanceOf(Clashed.class);
    }

    @Test
    void whatIsNotTaggedAsTheEventsSayIsNotBroughtOver() throws SQLException {
        append(log, claiming("one", TagEpoch.FIRST), claiming("two", TagEpoch.FIRST));
        begin();
        assertRefused(backfill(2, "{1,2}", sql("two") + "," + sql("one"), sql("n2") + "," + sql("n1")));
        assertRefused("SELECT eventstore.check_tag_rotation()");
        run(backfill(2, "{1}", sql("one"), sql("n1")));
        assertRefused("SELECT eventstore.check_tag_rotation()");
        assertThatThrownBy(() -> run(backfill(2, "{2}", sql("two"), sql("n2"))))
                .as("another run has done that page")
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("DP005"));
    }

    private static String backfill(long to, String positions, String old, String anew) {
        return "SELECT eventstore.backfill_tags('%s', 0, %d, '%s', ARRAY[%s], ARRAY[%s], 0)"
                .formatted(OPERATION, to, positions, old, anew);
    }

    private void assertRefused(String statement) {
        assertThatThrownBy(() -> run(statement))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("DP010"));
    }

    private void begin() throws SQLException {
        run("SELECT eventstore.begin_tag_rotation('" + OPERATION + "', 2)");
    }

    private void end() throws SQLException {
        run("SELECT eventstore.check_tag_rotation()");
        run("SELECT eventstore.end_tag_rotation('" + OPERATION + "')");
    }

    private static AppendUnit rotating(String tag) {
        return claiming(tag, new TagEpoch(2, Map.of(tag(tag), tag("next " + tag))));
    }

    private static AppendUnit claiming(String tag, TagEpoch epoch) {
        return new AppendUnit(
                UUID.randomUUID(),
                List.of(event(UUID.randomUUID(), 1, tag(tag))),
                List.of(Condition.unclaimed(tag(tag))),
                epoch);
    }

    private List<String> tags() throws SQLException {
        List<String> known = List.of("old", "both", "late", "next old", "next both", "next late");
        List<String> found = new ArrayList<>();
        try (Connection reader = store.connect("reader");
                Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery("SELECT tag FROM eventstore.event_tag")) {
            while (rows.next()) {
                Tag row = new Tag(rows.getBytes(1));
                found.add(known.stream()
                        .filter(name -> tag(name).equals(row))
                        .findFirst()
                        .orElse("another"));
            }
        }
        return found;
    }

    private static String sql(String tag) {
        return "'\\x" + HexFormat.of().formatHex(tag(tag).value()) + "'::bytea";
    }

    private void run(String sql) throws SQLException {
        try (Connection rekeyer = store.connect("rekeyer");
                Statement statement = rekeyer.createStatement()) {
            statement.execute(sql);
        }
    }
}
