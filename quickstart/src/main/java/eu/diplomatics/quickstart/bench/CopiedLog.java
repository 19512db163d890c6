package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.LocalPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes a log longer by copies of what is in it, under other ids: rows of the same sizes that nothing opens, in a fraction of
 * the time that registering takes. What reads them without opening them cannot tell. Nothing may be appended after it.
 */
final class CopiedLog {
    private static final String EVENTS = """
            INSERT INTO eventstore.event (position, version, recorded_at, type_version, unit_events, stream, holder, command,
                                          type, commitment, leaf)
            SELECT position + c * %1$d, version, recorded_at, type_version, unit_events, md5(stream::text || c)::uuid,
                   md5(holder::text || c)::uuid, md5(command::text || c)::uuid, type, commitment, leaf
              FROM generate_series(1, %2$d) AS c CROSS JOIN eventstore.event
             ORDER BY c, position
            """;
    private static final String CIPHERTEXTS = """
            INSERT INTO eventstore.ciphertext_1 (position, ciphertext)
            SELECT position + c * %1$d, ciphertext
              FROM generate_series(1, %2$d) AS c CROSS JOIN eventstore.ciphertext_1 ORDER BY c, position
            """;
    private static final String KEYS = """
            INSERT INTO keyring.data_key (id, generation, regime, kek_id, wrapped)
            SELECT md5(id::text || c)::uuid, generation, regime, kek_id, wrapped
              FROM generate_series(1, %2$d) AS c CROSS JOIN keyring.data_key
            """;
    private static final String HEAD = "UPDATE eventstore.head SET position = position + %1$d * %2$d";

    private final LocalPostgres postgres;

    CopiedLog(LocalPostgres postgres) {
        this.postgres = postgres;
    }

    /** @param events how many there are; so many are added {@code copies} times */
    void add(long events, int copies) throws Exception {
        try (ExecutorService both = Executors.newFixedThreadPool(2)) {
            Future<?> ciphertexts = both.submit(work(Database.EVENTSTORE, CIPHERTEXTS, events, copies));
            Future<?> headers = both.submit(work(Database.EVENTSTORE, EVENTS, events, copies));
            Future<?> keys = both.submit(work(Database.KEYRING, KEYS, events, copies));
            ciphertexts.get();
            headers.get();
            keys.get();
        }
        execute(Database.EVENTSTORE, HEAD, events, copies);
    }

    private Callable<Void> work(Database database, String sql, long events, int copies) {
        return () -> {
            execute(database, sql, events, copies);
            return null;
        };
    }

    private void execute(Database database, String sql, long events, int copies) throws SQLException {
        try (Connection connection = postgres.connect(database.databaseName());
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            statement.execute("SET work_mem = '256MB'");
            statement.execute(String.format(Locale.ROOT, sql, events, copies));
        }
    }
}
