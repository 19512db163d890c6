package eu.diplomatics.local;

import java.util.Map;
import java.util.function.UnaryOperator;

/** Where a database is and how its roles log in. */
public final class DatabaseAccess {
    private final Database database;
    private final String url;
    private final UnaryOperator<String> urlOfClient;
    private final Map<String, Login> logins;

    DatabaseAccess(Database database, String url, UnaryOperator<String> urlOfClient, Map<String, Login> logins) {
        this.database = database;
        this.url = url;
        this.urlOfClient = urlOfClient;
        this.logins = Map.copyOf(logins);
    }

    public Database database() {
        return database;
    }

    /** The JDBC URL, without credentials. */
    public String url() {
        return url;
    }

    /** As {@link #url()}, for a client of this name, where clients show certificates. */
    public String url(String client) {
        return urlOfClient.apply(client);
    }

    /** Flyway logs in as this one and becomes the owner by {@link #migratorInitSql()}. */
    public Login migrator() {
        return login(database.migrator());
    }

    public String migratorInitSql() {
        return "SET ROLE " + database.owner();
    }

    /** A service's role by its short name, such as {@code writer}. */
    public Login role(String service) {
        return login(database.role(service));
    }

    /** A login by its full name, such as {@code es_writer}. */
    public Login login(String roleName) {
        Login login = logins.get(roleName);
        if (login == null) {
            throw new IllegalArgumentException("no login " + roleName);
        }
        return login;
    }

    @Override
    public String toString() {
        return "DatabaseAccess[" + url + "]";
    }
}
