package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.LocalPostgres;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the same server does with the same bytes and indexes and no promise: one table, no checks, nothing sealed. */
final class LimitInserts implements AutoCloseable {
    /** Not vacuumed: that would take its time beside what is measured against it. */
    private static final String TABLE = """
            CREATE TABLE limit_event (
                position bigint PRIMARY KEY, stream uuid NOT NULL, version bigint NOT NULL, type text NOT NULL,
                type_version integer NOT NULL, holder uuid NOT NULL, command uuid NOT NULL,
                recorded_at timestamptz NOT NULL, commitment bytea NOT NULL, leaf bytea NOT NULL,
                tag bytea NOT NULL UNIQUE, ciphertext bytea NOT NULL, UNIQUE (stream, version))
                WITH (autovacuum_enabled = off);
            CREATE INDEX ON limit_event (command);
            CREATE INDEX ON limit_event (holder);
            ALTER TABLE limit_event ALTER COLUMN ciphertext SET STORAGE EXTERNAL
            """;

    private static final String INSERT = "INSERT INTO limit_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String UNNEST = """
            INSERT INTO limit_event
            SELECT * FROM unnest(?::bigint[], ?::uuid[], ?::bigint[], ?::text[], ?::integer[], ?::uuid[], ?::uuid[],
                ?::timestamptz[], ?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[])
            """;
    private static final String TYPE = "QualificationRegistered";
    /** The sealed form of {@link OurAppends#BODY_BYTES}: salt and commitment of the envelope, class 1024, tag. */
    private static final int CIPHERTEXT_BYTES = 24 + 32 + 1024 + 16;

    private final LocalPostgres postgres;
    private final int ciphertextBytes;
    private final AtomicLong position = new AtomicLong();
    private Batch batch = new Batch(true, 500);

    private record Batch(boolean unnest, int rows) {}

    LimitInserts(LocalPostgres postgres) throws SQLException {
        this(postgres, CIPHERTEXT_BYTES);
    }

    LimitInserts(LocalPostgres postgres, int ciphertextBytes) throws SQLException {
        this.postgres = postgres;
        this.ciphertextBytes = ciphertextBytes;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", postgres.superuser().username());
        properties.setProperty("password", postgres.superuser().password());
        properties.setProperty("reWriteBatchedInserts", "true");
        return DriverManager.getConnection(postgres.jdbcUrl("postgres"), properties);
    }

    /** Plain inserts have several good forms; the limit is the fastest of them on this machine. */
    void chooseFasterBatch(Duration duration) throws Exception {
        double best = 0;
        Batch fastest = batch;
        List<Batch> forms =
                List.of(new Batch(true, 500), new Batch(false, 500), new Batch(true, 2_000), new Batch(false, 2_000));
        for (int round = 0; round < 2; round++) {
            for (Batch form : forms) {
                batch = form;
                double rate = batched(duration.dividedBy(4));
                if (round > 0 && rate > best) {
                    best = rate;
                    fastest = form;
                }
            }
        }
        batch = fastest;
    }

    /** One connection, one batch and commit after the other. */
    double batched(Duration duration) throws Exception {
        Batch form = batch;
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement(form.unnest() ? UNNEST : INSERT)) {
            connection.setAutoCommit(false);
            return OurAppends.rate(1, duration, until -> {
                long done = 0;
                while (System.nanoTime() < until) {
                    if (form.unnest()) {
                        unnest(connection, insert, form.rows());
                    } else {
                        for (int i = 0; i < form.rows(); i++) {
                            bind(insert);
                            insert.addBatch();
                        }
                        insert.executeBatch();
                    }
                    connection.commit();
                    done += form.rows();
                }
                return done;
            });
        }
    }

    /** Each connection one insert and commit after the other. */
    double single(int connections, Duration duration) throws Exception {
        List<Connection> opened = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                opened.add(connect());
            }
            AtomicInteger next = new AtomicInteger();
            return OurAppends.rate(connections, duration, until -> {
                long done = 0;
                try (PreparedStatement insert =
                        opened.get(next.getAndIncrement()).prepareStatement(INSERT)) {
                    while (System.nanoTime() < until) {
                        bind(insert);
                        insert.executeUpdate();
                        done++;
                    }
                }
                return done;
            });
        } finally {
            for (Connection connection : opened) {
                connection.close();
            }
        }
    }

    private void bind(PreparedStatement insert) throws SQLException {
        insert.setLong(1, position.incrementAndGet());
        insert.setObject(2, randomId());
        insert.setLong(3, 1);
        insert.setString(4, TYPE);
        insert.setInt(5, 1);
        insert.setObject(6, randomId());
        insert.setObject(7, randomId());
        insert.setTimestamp(8, Timestamp.from(Instant.now()));
        insert.setBytes(9, random(32));
        insert.setBytes(10, random(32));
        insert.setBytes(11, random(32));
        insert.setBytes(12, random(ciphertextBytes));
    }

    private void unnest(Connection connection, PreparedStatement insert, int rows) throws SQLException {
        Object[][] columns = new Object[12][rows];
        Timestamp now = Timestamp.from(Instant.now());
        byte[][][] bytes = new byte[4][rows][];
        for (int i = 0; i < rows; i++) {
            columns[0][i] = position.incrementAndGet();
            columns[1][i] = randomId();
            columns[2][i] = 1L;
            columns[3][i] = TYPE;
            columns[4][i] = 1;
            columns[5][i] = randomId();
            columns[6][i] = randomId();
            columns[7][i] = now;
            for (int b = 0; b < 4; b++) {
                bytes[b][i] = random(b == 3 ? ciphertextBytes : 32);
            }
        }
        String[] types = {"bigint", "uuid", "bigint", "text", "integer", "uuid", "uuid", "timestamptz"};
        for (int c = 0; c < types.length; c++) {
            insert.setArray(c + 1, connection.createArrayOf(types[c], columns[c]));
        }
        for (int b = 0; b < 4; b++) {
            insert.setArray(types.length + b + 1, connection.createArrayOf("bytea", bytes[b]));
        }
        insert.executeUpdate();
    }

    /** Cheap on purpose: the limit is the server's, not that of a source of random numbers. */
    private static UUID randomId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static byte[] random(int size) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.remaining() >= Long.BYTES) {
            bytes.putLong(random.nextLong());
        }
        return bytes.array();
    }

    @Override
    public void close() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE limit_event");
        }
    }
}
