package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R03, R05: killed between any two writes, the service tells each agency of each change once, and of none never. */
class NoticeFaultsTest {
    private static final String AGENCY = "agency:VDAB";
    private QueryFixture fixture;

    @BeforeEach
    void start() {
        fixture = new QueryFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private List<Registered> received(RunningQuery query, int people) {
        List<Registered> received = new ArrayList<>();
        List<Insz> numbers = new ArrayList<>();
        for (int i = 0; i < people; i++) {
            Insz insz = Deliveries.person();
            numbers.add(insz);
            received.add(fixture.registry().register(insz));
        }
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, fixture.store().head().position());
        numbers.forEach(insz -> assertThat(
                        query.consult(insz.digits()).json().path("status").asString())
                .isEqualTo("FOUND"));
        return received;
    }

    private static List<Long> told(RunningQuery query) {
        return StreamSupport.stream(
                        query.get("/v1/notices", "X-Caller", AGENCY)
                                .json()
                                .path("notices")
                                .spliterator(),
                        false)
                .map(notice -> notice.path("position").asLong())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"notice_progress", "change", "due", "feed", "notice"})
    void killedBeforeAnyOfTheTablesIsWritten(String table) throws SQLException {
        QueryProcess process = QueryProcess.start(fixture);
        List<Registered> received = received(process.query(), 3);
        List<Long> positions = new ArrayList<>();
        try (Connection connection = fixture.superuser(Database.ACCESSLOG);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE accesslog." + table + " IN EXCLUSIVE MODE");
            for (Registered each : received) {
                positions.add(correct(each));
            }
            eventually()
                    .until(() -> fixture.count(
                                    Database.ACCESSLOG,
                                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'accesslog." + table
                                            + "'::regclass")
                            > 0);
            process.kill();
        }
        try (QueryProcess next = QueryProcess.start(fixture)) {
            eventually().until(() -> told(next.query()).size() >= positions.size());
            assertThat(told(next.query())).isEqualTo(positions);
        }
    }

    @Test
    void killedAgainAndAgainWhileRecordsChangeNothingIsLostAndNothingDoubled() {
        List<Long> positions = new ArrayList<>();
        List<Registered> received = List.of();
        for (int round = 0; round < 3; round++) {
            QueryProcess process = QueryProcess.start(fixture);
            if (received.isEmpty()) {
                received = received(process.query(), 20);
            }
            int before = positions.size();
            for (int i = 0; i < 3; i++) {
                for (Registered each : received) {
                    positions.add(correct(each));
                }
            }
            eventually()
                    .until(() -> fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.notice") > before);
            process.kill();
        }
        try (QueryProcess last = QueryProcess.start(fixture)) {
            eventually().until(() -> told(last.query()).size() >= positions.size());
            assertThat(told(last.query())).isEqualTo(positions);
        }
    }

    /** R27. */
    @Test
    void whatAgenciesWereToldAndThenForgottenIsNotToldAgainWhenTheLogIsGoneThroughOnceMore() {
        List<Registered> received;
        try (RunningQuery query = fixture.start()) {
            received = received(query, 2);
            long old = correct(received.getFirst());
            eventually().until(() -> told(query).equals(List.of(old)));
            assertThat(query.post("/v1/notices/acknowledgements", "{\"upTo\":1}", "X-Caller", AGENCY)
                            .status())
                    .isEqualTo(200);
            fixture.tamper(
                    Database.EVENTSTORE,
                    "SET session_replication_role = replica; UPDATE eventstore.event SET recorded_at = now() - interval"
                            + " '2000 days' WHERE position = " + old);
        }
        fixture.tamper(Database.ACCESSLOG, "DELETE FROM accesslog.notice");
        fixture.tamper(Database.ACCESSLOG, "UPDATE accesslog.notice_progress SET position = 0");
        try (RunningQuery query = fixture.start()) {
            long young = correct(received.getLast());
            eventually().until(() -> !told(query).isEmpty());
            assertThat(told(query)).containsExactly(young);
        }
    }

    @Test
    void aNewVersionOfTheKeyChangesNeitherWhoIsToldNorTheNumbersOfTheirNotices() {
        try (RunningQuery query = fixture.start()) {
            List<Registered> received = received(query, 2);
            Registered first = received.getFirst();
            Registered second = received.getLast();
            long before = correct(first);
            eventually().until(() -> told(query).equals(List.of(before)));

            fixture.keyring().secret("access-log-seal-2").close();
            fixture.tamper(
                    Database.KEYRING,
                    "UPDATE keyring.secret SET made_at = made_at - interval '1 hour' WHERE name = 'access-log-seal-2'");
            String newestKey = "SELECT max(seal_key) FROM accesslog.entry";
            eventually()
                    .until(() -> query.read("/v1/qualifications/" + second.reference())
                                            .status()
                                    == 200
                            && fixture.count(Database.ACCESSLOG, newestKey) == 2);
            long after = correct(second);
            long again = correct(first);
            eventually().until(() -> told(query).equals(List.of(before, after, again)));
            eventually()
                    .until(() -> fixture.count(Database.ACCESSLOG, "SELECT max(seal_key) FROM accesslog.notice") == 2);
            assertThat(fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.recipient"))
                    .isEqualTo(2);
        }
    }

    private long correct(Registered registered) {
        return fixture.registry()
                .correct(registered.reference(), Examples.secondary())
                .place()
                .position();
    }
}
