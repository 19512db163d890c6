package eu.diplomatics.golive;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keyring is on another server, on another machine, than what its keys open. */
public final class KeyringApart implements GoLiveCondition {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1");
    private static final String WHERE =
            "SELECT system_identifier::text, host(inet_server_addr()) FROM pg_control_system()";
    private static final String WHAT_TO_DO = "move the keyring's database to a server of zone B's operator";

    private final CheckedDatabase eventstore;
    private final CheckedDatabase keyring;

    public KeyringApart(CheckedDatabase eventstore, CheckedDatabase keyring) {
        this.eventstore = eventstore;
        this.keyring = keyring;
    }

    /**
     * @param system PostgreSQL's system identifier: the same on a server and on its copies
     * @param address of the server, as it sees itself; null over a Unix socket
     */
    record Server(String system, @Nullable String address) {}

    @Override
    public String id() {
        return "keyring-apart";
    }

    @Override
    public String requirement() {
        return "R15";
    }

    @Override
    public Verdict check() throws SQLException {
        return compare(server(eventstore), server(keyring));
    }

    static Verdict compare(Server events, Server keys) {
        if (events.system().equals(keys.system())) {
            return Verdict.red("event store and keyring are databases of the same server, or of its copy", WHAT_TO_DO);
        }
        if (isHere(events) && isHere(keys)) {
            return Verdict.red("event store and keyring are both on this machine", WHAT_TO_DO);
        }
        if (events.address() != null && events.address().equals(keys.address())) {
            return Verdict.red("event store and keyring are on the same machine, " + events.address(), WHAT_TO_DO);
        }
        return Verdict.green("event store and keyring are different servers at different addresses");
    }

    private static boolean isHere(Server server) {
        return server.address() == null || LOOPBACK.contains(server.address());
    }

    private static Server server(CheckedDatabase database) throws SQLException {
        try (Connection connection = database.source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WHERE)) {
            row.next();
            return new Server(row.getString(1), row.getString(2));
        }
    }
}
