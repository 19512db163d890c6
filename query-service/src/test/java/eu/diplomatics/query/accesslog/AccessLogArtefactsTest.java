package eu.diplomatics.query.accesslog;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** R17: what stands in the access log under which key, counted in pages of time. */
class AccessLogArtefactsTest {
    private final DatabaseAccess access = TestServices.database(Database.ACCESSLOG);
    private final HikariDataSource sealer =
            Pools.open("sealer", access.url(), login(access.role("sealer")), 2, Duration.ofSeconds(10));
    private final Told told = new Told();

    @BeforeEach
    void migrate() {
        Pools.migrate(access.url(), login(access.migrator()), "accesslog", "classpath:db/accesslog");
    }

    /** A row a minute; the third is a holder's, the clock is set back at the sixth, and the last two are not sealed. */
    private void write() {
        try (HikariDataSource pool =
                Pools.open("owner", access.url(), login(access.migrator()), 1, Duration.ofSeconds(10))) {
            JdbcTemplate owner = new JdbcTemplate(pool);
            owner.execute("SET ROLE al_owner");
            for (int i = 1; i <= 9; i++) {
                String subject = i == 3 ? "\\x0201aa" : i < 6 ? "\\x0101aa" : "\\x0102aa";
                owner.update("""
                        INSERT INTO accesslog.entry (id, at, subject, sealed, seal_key)
                        VALUES (gen_random_uuid(), '2026-11-22T12:00:00Z'::timestamptz + ? * interval '1 minute',
                                ?::bytea, '\\x00', ?)""", i == 6 ? 1 : i, subject, i < 8 ? 1 : 2);
            }
            owner.update("""
                    INSERT INTO accesslog.leaf (position, entry, at, leaf)
                    SELECT row_number() OVER (ORDER BY u.n), e.id, e.at, sha256('x')
                    FROM accesslog.unsealed u JOIN accesslog.entry e ON e.id = u.entry ORDER BY u.n LIMIT 7""");
        }
    }

    @AfterEach
    void close() {
        sealer.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 100})
    void everyRowIsCountedOnceWhateverTheSizeOfPages(long pageRows) {
        write();

        new AccessLogArtefacts(sealer, pageRows).report(told);

        assertThat(told.holdings)
                .containsExactly(
                        Holding.named("accesslog", "entry", "access-log-seal", 7),
                        Holding.named("accesslog", "entry", "access-log-seal-2", 2),
                        numbers(1, 4),
                        numbers(2, 4),
                        Holding.unversioned("accesslog", "checkpoint", "access-log-checkpoint-key", 0));
        assertThat(told.steps).isEqualTo((7 - 1) / pageRows + 1);
    }

    @Test
    void anEmptyLogHoldsNothing() {
        new AccessLogArtefacts(sealer).report(told);

        assertThat(told.holdings).extracting(Holding::rows).containsExactly(0L);
    }

    private static Holding numbers(int version, long rows) {
        return new Holding(
                "accesslog",
                "entry",
                "pseudonyms of numbers",
                Holding.ACCESS_LOG_INDEX,
                Integer.toString(version),
                rows);
    }

    private static final class Told implements Report {
        private final List<Holding> holdings = new ArrayList<>();
        private long steps;

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
            steps++;
            assertThat(done).isLessThanOrEqualTo(total);
        }
    }

    private static Login login(eu.diplomatics.local.Login of) {
        return new Login(of.username(), of.password());
    }
}
