package eu.diplomatics.registry.batch;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.Finding;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.inventory.Report;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What of batches lies sealed: under a key for each job, with tags by which a file is known again. */
final class BatchArtefacts implements ArtefactSource {
    private static final String STORE = "registry";
    private static final String SEALED = """
            SELECT j.id FROM batch.job j WHERE j.header IS NOT NULL
                OR EXISTS (SELECT FROM batch.chunk c WHERE c.job = j.id)
                OR EXISTS (SELECT FROM batch.result r WHERE r.job = j.id)""";
    private static final String STILL = "SELECT count(*) FROM batch.job WHERE id = ?";

    private final JdbcClient jdbc;
    private final KeyringArtefacts keyring;

    BatchArtefacts(DataSource dataSource, KeyringArtefacts keyring) {
        this.jdbc = JdbcClient.create(dataSource);
        this.keyring = keyring;
    }

    @Override
    public void report(Report report) {
        count("batch.job", "SELECT count(*) FROM batch.job WHERE header IS NOT NULL", report);
        count("batch.chunk", "SELECT count(*) FROM batch.chunk", report);
        count("batch.result", "SELECT count(*) FROM batch.result", report);
        jdbc.sql("SELECT tag_key, count(*) FROM batch.job GROUP BY tag_key ORDER BY tag_key")
                .query((row, number) -> Holding.named(STORE, "batch.job tags", row.getString(1), row.getLong(2)))
                .list()
                .forEach(report::holding);
        List<UUID> sealed = jdbc.sql(SEALED)
                .query((row, number) -> row.getObject(1, UUID.class))
                .list();
        Set<UUID> without = sealed.isEmpty() ? Set.of() : keyring.withoutKey(sealed);
        for (UUID job : without) {
            // its key goes first at the end of its retention, and then the rest
            if (jdbc.sql(STILL).param(job).query(Long.class).single() > 0) {
                report.finding(new Finding(
                        Finding.Code.KEY_MISSING, STORE + ".batch.job", 1, "batch " + job + " has no data key"));
            }
        }
    }

    private void count(String artefact, String query, Report report) {
        report.holding(new Holding(STORE, artefact, null, Holding.JOB_KEYS, "one a job", number(query)));
    }

    private long number(String query) {
        return jdbc.sql(query).query(Long.class).single();
    }
}
