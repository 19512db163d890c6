package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.LocalPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Rows the size of an access-log entry, each its own commit, by as many connections as there are callers. */
final class DurableInserts implements AutoCloseable {

    private final List<Connection> connections = new ArrayList<>();

    DurableInserts(LocalPostgres postgres, int callers) throws SQLException {
        for (int i = 0; i < callers; i++) {
            connections.add(postgres.connect("postgres"));
        }
        try (Statement statement = connections.getFirst().createStatement()) {
            statement.execute("""
                    CREATE TABLE limit_entry (
                        id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), subject bytea,
                        sealed bytea NOT NULL);
                    CREATE INDEX ON limit_entry (subject, at);
                    CREATE INDEX ON limit_entry (at, id)
                    """);
        }
    }

    double perSecond(Duration duration) throws Exception {
        AtomicInteger next = new AtomicInteger();
        return OurAppends.rate(connections.size(), duration, until -> {
            long done = 0;
            ThreadLocalRandom random = ThreadLocalRandom.current();
            byte[] subject = new byte[BareServer.SUBJECT_BYTES];
            byte[] sealed = new byte[BareServer.SEALED_BYTES];
            try (PreparedStatement insert = connections
                    .get(next.getAndIncrement())
                    .prepareStatement("INSERT INTO limit_entry (id, subject, sealed) VALUES (?, ?, ?)")) {
                while (System.nanoTime() < until) {
                    random.nextBytes(subject);
                    random.nextBytes(sealed);
                    insert.setObject(1, new UUID(random.nextLong(), random.nextLong()));
                    insert.setBytes(2, subject);
                    insert.setBytes(3, sealed);
                    insert.executeUpdate();
                    done++;
                }
            }
            return done;
        });
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
