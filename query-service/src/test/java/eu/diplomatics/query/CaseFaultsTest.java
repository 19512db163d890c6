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

/** R03, R05: killed between any two writes, the service tells each open case of each change once, and of none never. */
class CaseFaultsTest {
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

    private static void open(RunningQuery query, Insz insz) {
        assertThat(query.post("/v1/cases", "{\"insz\":\"" + insz.digits() + "\"}", RunningQuery.agency())
                        .status())
                .isEqualTo(200);
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

    private long register(Insz insz) {
        return fixture.registry().register(insz).place().position();
    }

    private long correct(Registered record) {
        return fixture.registry()
                .correct(record.reference(), Examples.secondary())
                .place()
                .position();
    }

    @ParameterizedTest
    @ValueSource(strings = {"notice_progress", "agency_case", "case_stream", "case_news", "feed", "notice"})
    void killedBeforeAnyOfTheTablesIsWritten(String table) throws SQLException {
        QueryProcess process = QueryProcess.start(fixture);
        Insz known = Deliveries.person();
        Insz unknown = Deliveries.person();
        Registered record = fixture.registry().register(known);
        open(process.query(), known);
        open(process.query(), unknown);
        List<Long> positions = new ArrayList<>();
        try (Connection connection = fixture.superuser(Database.ACCESSLOG);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE accesslog." + table + " IN EXCLUSIVE MODE");
            positions.add(correct(record));
            positions.add(register(unknown));
            positions.add(register(known));
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
    void casesThatAreOpenedWhileTheLogIsGoneThroughMissNothingThatHappensAfterwards() {
        try (RunningQuery query = fixture.start()) {
            List<Long> positions = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Insz insz = Deliveries.person();
                if (i % 2 == 0) {
                    register(insz);
                }
                // goes through the log again and again in between
                open(query, insz);
                positions.add(register(insz));
            }
            eventually().until(() -> told(query).size() >= positions.size());
            assertThat(told(query)).isEqualTo(positions);
        }
    }

    /** Whoever goes through the log says how far before it looks which cases there are. */
    @Test
    void noCaseBeginsBeforeWhereSomebodyIsAboutToGoThroughTheLog() {
        try (RunningQuery query = fixture.start()) {
            open(query, Deliveries.person());
        }
        fixture.tamper(Database.ACCESSLOG, "UPDATE accesslog.notice_progress SET reaching = 1000");
        assertThat(openedBehind(999)).isZero();
        assertThat(openedBehind(1000)).isEqualTo(1);
    }

    private long openedBehind(long head) {
        return fixture.count(
                Database.ACCESSLOG,
                "SELECT count(*) FROM accesslog.open_case(gen_random_uuid(), '\\x01', '\\x02', '\\x03', '\\x04', 1::smallint,"
                        + " clock_timestamp() + interval '1 day', " + head + ", NULL, NULL, NULL)");
    }

    @Test
    void goingThroughTheLogOnceMoreTellsNobodyAnythingTwiceAndNothingFromBefore() {
        Insz insz = Deliveries.person();
        List<Long> positions = new ArrayList<>();
        Registered record;
        try (RunningQuery query = fixture.start()) {
            record = fixture.registry().register(insz);
            open(query, insz);
            positions.add(correct(record));
            eventually().until(() -> told(query).equals(positions));
        }
        fixture.tamper(Database.ACCESSLOG, "UPDATE accesslog.notice_progress SET position = 0, reaching = 0");
        try (RunningQuery query = fixture.start()) {
            positions.add(correct(record));
            eventually().until(() -> told(query).size() >= 2);
            assertThat(told(query)).isEqualTo(positions);
        }
    }

    @Test
    void whereTheIndexLeadsToSomebodyElseTheirRecordsAreToldNobody() {
        Insz insz = Deliveries.person();
        try (RunningQuery query = fixture.start()) {
            Registered mine = fixture.registry().register(insz);
            Registered wrong = fixture.registry().register(Deliveries.person());
            fixture.tamper(Database.KEYRING, """
                    UPDATE keyring.holder_claim SET holder = CASE holder WHEN '%1$s'::uuid THEN '%2$s'::uuid ELSE '%1$s'::uuid END
                    WHERE holder IN ('%1$s', '%2$s')
                    """.formatted(mine.holder(), wrong.holder()));
            open(query, insz);
            correct(wrong);
            Insz witness = Deliveries.person();
            open(query, witness);
            long last = register(witness);
            eventually().until(() -> told(query).contains(last));
            assertThat(told(query)).containsExactly(last);
            assertThat(query.get("/actuator/metrics/diplomatics.index.mismatches")
                            .json()
                            .path("measurements")
                            .path(0)
                            .path("value")
                            .asDouble())
                    .isGreaterThanOrEqualTo(1);
        }
    }
}
