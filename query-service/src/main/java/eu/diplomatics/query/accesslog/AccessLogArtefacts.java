package eu.diplomatics.query.accesslog;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.LeftTables;
import eu.diplomatics.inventory.Report;
import eu.diplomatics.keyring.SecretVersions;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What lies in the access log: sealed details, pseudonyms, checkpoints. */
final class AccessLogArtefacts implements ArtefactSource {
    private static final String STORE = "accesslog";
    private static final Set<String> TABLES = Set.of(
            "accesslog.entry",
            "accesslog.leaf",
            "accesslog.tile",
            "accesslog.checkpoint",
            "accesslog.recipient",
            "accesslog.change",
            "accesslog.due",
            "accesslog.feed",
            "accesslog.notice",
            "accesslog.agency_case",
            "accesslog.case_stream",
            "accesslog.case_news");
    private static final long PAGE_ROWS = 250_000;
    private static final String SEALED = "SELECT coalesce(max(position), 0) FROM accesslog.leaf";
    private static final String WRITTEN_AT = "SELECT at FROM accesslog.leaf WHERE position = ?";
    private static final String COUNT = "SELECT o_seal_key, o_index_version, o_rows FROM accesslog.holdings(?, ?)";
    private static final String NOTICES = "SELECT o_table, o_seal_key, o_rows FROM accesslog.notice_holdings()";
    private static final String CHECKPOINTS = "SELECT count(*) FROM accesslog.checkpoint";

    private final DataSource dataSource;
    private final long pageRows;

    /** {@code dataSource} logs in as the sealer, which sees no pseudonym. */
    AccessLogArtefacts(DataSource dataSource) {
        this(dataSource, PAGE_ROWS);
    }

    /** @param pageRows counted by one statement, about */
    AccessLogArtefacts(DataSource dataSource, long pageRows) {
        this.dataSource = dataSource;
        this.pageRows = pageRows;
    }

    @Override
    public void report(Report report) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        Entries entries = new Entries();
        count(jdbc, entries, report);
        entries.bySeal.forEach((version, rows) ->
                report.holding(Holding.named(STORE, "entry", SecretVersions.named("access-log-seal", version), rows)));
        entries.byIndex.forEach((version, rows) -> report.holding(new Holding(
                STORE, "entry", "pseudonyms of numbers", Holding.ACCESS_LOG_INDEX, version.toString(), rows)));
        jdbc.sql(NOTICES).query(row -> {
            String key = SecretVersions.named("access-log-seal", row.getInt(2));
            report.holding(Holding.named(STORE, row.getString(1), key, row.getLong(3)));
        });
        // one may carry signatures by several versions
        report.holding(Holding.unversioned(
                STORE,
                "checkpoint",
                "access-log-checkpoint-key",
                jdbc.sql(CHECKPOINTS).query(Long.class).single()));
        LeftTables.report(dataSource, STORE, TABLES, report);
    }

    private static final class Entries {
        private final Map<Integer, Long> bySeal = new TreeMap<>();
        private final Map<Integer, Long> byIndex = new TreeMap<>();
    }

    /**
     * Stretches of time that leave nothing out and do not overlap, cut where a sealed row was written: time goes on, but
     * for a clock that was set back. What is not sealed yet stands in the last.
     */
    private void count(JdbcClient jdbc, Entries entries, Report report) {
        long sealed = jdbc.sql(SEALED).query(Long.class).single();
        OffsetDateTime from = OffsetDateTime.MIN;
        for (long position = pageRows; position < sealed; position += pageRows) {
            Optional<OffsetDateTime> cut = jdbc.sql(WRITTEN_AT)
                    .param(position)
                    .query(OffsetDateTime.class)
                    .optional();
            if (cut.isPresent() && cut.get().isAfter(from)) {
                count(jdbc, from, cut.get(), entries);
                from = cut.get();
            }
            report.progress("counting accesslog.entry", position, sealed);
        }
        count(jdbc, from, OffsetDateTime.MAX, entries);
        report.progress("counting accesslog.entry", sealed, sealed);
    }

    private static void count(JdbcClient jdbc, OffsetDateTime from, OffsetDateTime before, Entries entries) {
        jdbc.sql(COUNT).params(from, before).query(row -> {
            long rows = row.getLong(3);
            entries.bySeal.merge(row.getInt(1), rows, Long::sum);
            int version = row.getInt(2);
            if (!row.wasNull()) {
                entries.byIndex.merge(version, rows, Long::sum);
            }
        });
    }
}
