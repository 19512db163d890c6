package eu.diplomatics.eventstore;

import org.flywaydb.core.Flyway;

/** Brings the schema {@code eventstore} of its database to the version of this code. */
public final class EventStoreMigrations {
    private EventStoreMigrations() {}

    /** Logs in as the migrator and becomes the owner, which cannot log in itself; the roles must exist. */
    public static void migrate(String url, String username, String password) {
        Flyway.configure()
                .dataSource(url, username, password)
                .schemas("eventstore")
                .locations("classpath:db/eventstore")
                .load()
                .migrate();
    }
}
