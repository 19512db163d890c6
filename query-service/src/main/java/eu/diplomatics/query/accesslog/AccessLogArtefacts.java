package eu.diplomatics.query.accesslog;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.LeftTables;
import eu.diplomatics.inventory.Report;
import eu.diplomatics.keyring.SecretVersions;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What lies in the access log: sealed details, pseudonyms, checkpoints. */
final class AccessLogArtefacts implements ArtefactSource {
    private static final String STORE = "accesslog";
    private static final Set<String> TABLES =
            Set.of("accesslog.entry", "accesslog.leaf", "accesslog.tile", "accesslog.checkpoint");

    private final DataSource dataSource;

    /** {@code dataSource} logs in as the sealer, which sees no pseudonym. */
    AccessLogArtefacts(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void report(Report report) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        long checkpoints = jdbc.sql("SELECT count(*) FROM accesslog.checkpoint")
                .query(Long.class)
                .single();
        jdbc.sql("SELECT seal_key, count(id) FROM accesslog.entry GROUP BY seal_key ORDER BY seal_key")
                .query((row, number) -> Holding.named(
                        STORE, "entry", SecretVersions.named("access-log-seal", row.getInt(1)), row.getLong(2)))
                .list()
                .forEach(report::holding);
        jdbc.sql("SELECT o_version, o_rows FROM accesslog.index_holdings()")
                .query((row, number) -> new Holding(
                        STORE,
                        "entry",
                        "pseudonyms of numbers",
                        Holding.ACCESS_LOG_INDEX,
                        row.getString(1),
                        row.getLong(2)))
                .list()
                .forEach(report::holding);
        report.holding(Holding.named(STORE, "checkpoint", "access-log-checkpoint-key", checkpoints));
        LeftTables.report(dataSource, STORE, TABLES, report);
    }
}
