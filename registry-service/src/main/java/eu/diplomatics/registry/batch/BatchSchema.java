package eu.diplomatics.registry.batch;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the registry's own database to the version this code needs. */
public final class BatchSchema {
    private BatchSchema() {}

    /**
     * Runs the migrations; objects belong to {@code rg_owner}, which nobody can log in as.
     *
     * @param migrator the database as {@code rg_migrator}, a member of {@code rg_owner}
     */
    public static void migrate(DataSource migrator) {
        Flyway.configure()
                .dataSource(migrator)
                .locations("classpath:db/registry")
                .schemas("batch")
                .cleanDisabled(true)
                .load()
                .migrate();
    }
}
