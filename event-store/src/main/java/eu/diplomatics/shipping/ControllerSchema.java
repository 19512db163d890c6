package eu.diplomatics.shipping;

import org.flywaydb.core.Flyway;

/** Brings the controller's database to the version of this code. The controller runs it: no service has the login for it. */
public final class ControllerSchema {
    private ControllerSchema() {}

    /**
     * Runs the migrations; objects belong to {@code cl_owner}, which nobody can log in as.
     *
     * @param username {@code cl_migrator}, a member of {@code cl_owner}
     */
    public static void migrate(String url, String username, String password) {
        Flyway.configure()
                .dataSource(url, username, password)
                .schemas("shipped")
                .locations("classpath:db/controller")
                .cleanDisabled(true)
                .load()
                .migrate();
    }
}
