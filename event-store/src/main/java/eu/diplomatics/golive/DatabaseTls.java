package eu.diplomatics.golive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Every connection to a database runs over TLS 1.3, to a server whose certificate was checked. */
public final class DatabaseTls implements GoLiveCondition {
    private static final String SESSION = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

    private final List<CheckedDatabase> databases;

    public DatabaseTls(List<CheckedDatabase> databases) {
        this.databases = List.copyOf(databases);
    }

    @Override
    public String id() {
        return "database-tls";
    }

    @Override
    public String requirement() {
        return "R25";
    }

    @Override
    public Verdict check() throws SQLException {
        List<String> wrong = Sessions.wrong(databases, SESSION, DatabaseTls::wrong);
        return wrong.isEmpty()
                ? Verdict.green("TLS 1.3 with a checked certificate, for " + databases.size() + " roles")
                : Verdict.red(
                        String.join("; ", wrong),
                        "switch ssl on at the server (ssl_min_protocol_version TLSv1.3, hostssl only) and add"
                                + " sslmode=verify-full and sslrootcert to the URL");
    }

    private static List<String> wrong(CheckedDatabase database, ResultSet row) throws SQLException {
        String version = row.getBoolean(1) ? row.getString(2) : "no TLS";
        if (!"TLSv1.3".equals(version)) {
            return List.of(version);
        }
        return database.url().contains("sslmode=verify-full")
                ? List.of()
                : List.of("the server's certificate is not checked");
    }
}
