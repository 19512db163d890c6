package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.generation.GenerationKeys;
import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Sealing the whole log under a new generation of data keys, keyring included, against a binary COPY of the same rows
 * into a new table that is made the same way; beside it against a COPY of all that is written, the new keys too.
 */
final class ReencryptBench implements Benchmark {
    private static final int PEOPLE = 60_000;
    private static final int ROUNDS = 5;
    private static final int COPY_BYTES = 1 << 16;
    private static final String HEAD = "SELECT position FROM eventstore.head";
    private static final String ROWS = "SELECT position, ciphertext FROM eventstore.ciphertext_%d ORDER BY position";
    /** In the order in which they were made. */
    private static final String KEYS =
            "SELECT id, generation, regime, kek_id, wrapped FROM keyring.data_key WHERE generation = %d ORDER BY ctid";

    private static final String MAKE = """
            DROP TABLE IF EXISTS eventstore.copied;
            CREATE TABLE eventstore.copied (position bigint NOT NULL PRIMARY KEY, ciphertext bytea NOT NULL)
                WITH (toast_tuple_target = 8160);
            ALTER TABLE eventstore.copied ALTER COLUMN ciphertext SET STORAGE EXTERNAL""";

    private static final String MAKE_KEYS = """
            DROP TABLE IF EXISTS keyring.copied;
            CREATE TABLE keyring.copied (LIKE keyring.data_key INCLUDING ALL);
            ALTER TABLE keyring.copied DROP COLUMN made_in""";

    @Override
    public String purpose() {
        return "seal the log under a new generation of keys; limit: binary COPY of the same rows into a new table";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        LocalPostgres.Settings settings =
                BenchHouse.settings().set("max_wal_size", "8GB").set("checkpoint_timeout", "1h");
        try (BenchHouse house = BenchHouse.open("reencrypt-bench", settings)) {
            house.asRegistry(parts -> {
                new BenchPeople(
                                parts.keyring(),
                                new HolderIndex(new BlindIndex(parts.keyring(), parts.custodian()), parts.keyring()),
                                parts.log())
                        .register(PEOPLE);
                DatabaseAccess events = house.database(Database.EVENTSTORE);
                try (HikariDataSource rekeyer = BenchHouse.pool(events.url(), events.role("rekeyer"))) {
                    rekeyer.setMaximumPoolSize(4);
                    GenerationKeys keys = GenerationKeys.of(parts.keyring(), streams -> Set.of());
                    measure(report, house, new Reencryption(rekeyer, keys));
                }
                return true;
            });
        }
    }

    private static void measure(BenchReport report, BenchHouse house, Reencryption reencryption) throws Exception {
        double events = house.logFigure(HEAD);
        int generation = 1;
        reencrypt(house, reencryption, generation++); // everything once, so that code and caches are warm
        copy(house, generation);
        List<Double> ours = new ArrayList<>();
        List<Double> limit = new ArrayList<>();
        List<Double> limitWithKeys = new ArrayList<>();
        CpuTimes spent = new CpuTimes(Map.of());
        CpuTimes spentOnCopies = new CpuTimes(Map.of());
        for (int round = 0; round < ROUNDS; round++) {
            report.commitProbe(CommitProbe.perSecond(house.postgres()));
            Run run = reencrypt(house, reencryption, generation++);
            ours.add(events / run.seconds());
            spent = spent.plus(run.spent());
            Run copy = copy(house, generation);
            limit.add(events / copy.seconds());
            spentOnCopies = spentOnCopies.plus(copy.spent());
            limitWithKeys.add(
                    events / (copy.seconds() + copyKeys(house, generation).seconds()));
        }
        report.add("reencrypt", ours, limit, "events/s");
        report.add("beside it: COPY of keys too", ours, limitWithKeys, "events/s");
        report.note("events in the log: " + (long) events);
        report.note(String.format(
                Locale.ROOT,
                "CPU of all processes: %.1f µs an event; %.1f µs a row of the limit",
                spent.each(ROUNDS * events),
                spentOnCopies.each(ROUNDS * events)));
        spent.linesForEach(ROUNDS * events).forEach(report::note);
    }

    /** What was measured, and what all processes took for it. */
    private record Run(double seconds, CpuTimes spent) {}

    private static Run reencrypt(BenchHouse house, Reencryption reencryption, int generation) throws Exception {
        house.settle();
        CpuTimes before = CpuTimes.now();
        long start = System.nanoTime();
        reencryption.copyAndSwitch((position, head) -> {});
        double seconds = (System.nanoTime() - start) / 1e9;
        CpuTimes spent = CpuTimes.now().since(before);
        if (!reencryption.drop(generation)) {
            throw new IllegalStateException("generation " + generation + " is not dropped");
        }
        return new Run(seconds, spent);
    }

    private static Run copy(BenchHouse house, int generation) throws Exception {
        return copy(house, Database.EVENTSTORE, ROWS.formatted(generation), MAKE, "eventstore.copied");
    }

    private static Run copyKeys(BenchHouse house, int generation) throws Exception {
        return copy(house, Database.KEYRING, KEYS.formatted(generation), MAKE_KEYS, "keyring.copied");
    }

    /** The rows are in memory before: what is measured is COPY and nothing else. */
    private static Run copy(BenchHouse house, Database database, String rows, String make, String table)
            throws Exception {
        try (Connection connection = house.postgres().connect(database.databaseName());
                Statement statement = connection.createStatement();
                Chunks chunks = new Chunks()) {
            copies(connection).copyOut("COPY (" + rows + ") TO STDOUT (FORMAT binary)", chunks);
            statement.execute(make);
            house.settle();
            CpuTimes before = CpuTimes.now();
            long start = System.nanoTime();
            copies(connection).copyIn("COPY " + table + " FROM STDIN (FORMAT binary)", chunks.read(), COPY_BYTES);
            Run run = new Run((System.nanoTime() - start) / 1e9, CpuTimes.now().since(before));
            statement.execute("DROP TABLE " + table);
            return run;
        }
    }

    /** Rows beside the heap: none of the collector's work is theirs. */
    private static final class Chunks extends OutputStream {
        private static final int CHUNK_BYTES = 1 << 22;

        private final Arena arena = Arena.ofConfined();
        private final List<ByteBuffer> chunks = new ArrayList<>();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            int from = offset;
            while (from < offset + length) {
                if (chunks.isEmpty() || !chunks.getLast().hasRemaining()) {
                    chunks.add(arena.allocate(CHUNK_BYTES).asByteBuffer());
                }
                int taken = Math.min(chunks.getLast().remaining(), offset + length - from);
                chunks.getLast().put(bytes, from, taken);
                from += taken;
            }
        }

        /** All that was written, from its beginning. */
        InputStream read() {
            chunks.forEach(ByteBuffer::flip);
            return new InputStream() {
                private int chunk;

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) {
                    while (chunk < chunks.size() && !chunks.get(chunk).hasRemaining()) {
                        chunk++;
                    }
                    if (chunk == chunks.size()) {
                        return -1;
                    }
                    int taken = Math.min(length, chunks.get(chunk).remaining());
                    chunks.get(chunk).get(bytes, offset, taken);
                    return taken;
                }
            };
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static CopyManager copies(Connection connection) throws Exception {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }
}
