package eu.diplomatics.keyring;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the keyring database to the version this code needs. */
public final class KeyringSchema {
    private KeyringSchema() {}

    /**
     * Runs the migrations; objects belong to {@code kr_owner}, which nobody can log in as.
     *
     * @param migrator the database as {@code kr_migrator}, a member of {@code kr_owner}
     */
    public static void migrate(DataSource migrator) {
        Flyway.configure()
                .dataSource(migrator)
                .locations("classpath:db/keyring")
                .schemas("keyring")
                .load()
                .migrate();
    }
}
