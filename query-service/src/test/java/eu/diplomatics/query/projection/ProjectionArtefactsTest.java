package eu.diplomatics.query.projection;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.inventory.Finding;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.Report;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.database.Login;
import eu.diplomatics.query.database.Pools;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class ProjectionArtefactsTest {
    private static final String ROW = """
            INSERT INTO projection.%s (position, recorded_at, stream, version, holder, type, type_version, command,
                                       commitment, leaf, key_generation, ciphertext)
            SELECT 1, now(), gen_random_uuid(), 1, gen_random_uuid(), 'T', 1, gen_random_uuid(), c, c, 1, c
            FROM (SELECT decode(repeat('00', 32), 'hex') AS c)""";

    private final HikariDataSource projector;
    private final JdbcTemplate jdbc;
    private final Told told = new Told();

    ProjectionArtefactsTest() {
        DatabaseAccess access = TestServices.database(Database.QUERY);
        Pools.migrate(access.url(), login(access.migrator()), "projection", "classpath:db/query");
        projector = Pools.open("projector", access.url(), login(access.role("projector")), 2, Duration.ofSeconds(10));
        jdbc = new JdbcTemplate(projector);
        jdbc.execute("SELECT projection.begin_rebuild()");
    }

    @AfterEach
    void close() {
        projector.close();
    }

    @Test
    void aCopyThatIsBeingMadeIsCountedBesideTheOneInUse() {
        jdbc.execute(ROW.formatted("event_shadow"));

        new ProjectionArtefacts(projector).report(told);

        assertThat(told.holdings).singleElement().satisfies(holding -> {
            assertThat(holding.where()).isEqualTo("projection.event_shadow being rebuilt");
            assertThat(holding.rows()).isEqualTo(1);
        });
    }

    @Test
    void aRebuildThatEndsBetweenTwoStatementsIsNoFailure() {
        jdbc.execute(ROW.formatted("event"));
        // the table in use: its end, its rows; the other one: whether it is there, its end
        new ProjectionArtefacts(before(4, () -> jdbc.execute("SELECT projection.swap_rebuilt()"))).report(told);

        assertThat(told.holdings).singleElement().satisfies(holding -> {
            assertThat(holding.where()).isEqualTo("projection.event");
            assertThat(holding.rows()).isEqualTo(1);
        });
        assertThat(jdbc.queryForObject("SELECT count(*) FROM projection.event", Long.class))
                .as("swapped")
                .isZero();
    }

    /** Does something when the so-manieth connection is asked for. */
    private DelegatingDataSource before(int connection, Runnable what) {
        IntConsumer asked = number -> {
            if (number == connection) {
                what.run();
            }
        };
        return new DelegatingDataSource(projector) {
            private int number;

            @Override
            public Connection getConnection() throws SQLException {
                asked.accept(++number);
                return super.getConnection();
            }
        };
    }

    private static final class Told implements Report {
        private final List<Holding> holdings = new ArrayList<>();

        @Override
        public void holding(Holding holding) {
            holdings.add(holding);
        }

        @Override
        public void finding(Finding finding) {
            throw new AssertionError(finding.toString());
        }

        @Override
        public void progress(String step, long done, long total) {
            assertThat(done).isLessThanOrEqualTo(total);
        }
    }

    private static Login login(eu.diplomatics.local.Login of) {
        return new Login(of.username(), of.password());
    }
}
