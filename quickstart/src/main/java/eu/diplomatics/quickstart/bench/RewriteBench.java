package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.keyring.RotationWatch;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** The nightly rewrite of the keyring, against a copy of the same rows inside the database. */
final class RewriteBench implements Benchmark {
    private static final int KEYS = 500_000;
    private static final int AT_ONCE = 5_000;
    private static final int ROUNDS = 3;
    private static final String COPY = """
            CREATE TABLE keyring.copied (LIKE keyring.data_key INCLUDING ALL);
            INSERT INTO keyring.copied SELECT * FROM keyring.data_key ORDER BY id, generation;
            DROP TABLE keyring.copied""";

    @Override
    public String purpose() {
        return "rewrite of a keyring of " + KEYS + " keys under a new KEK; limit: INSERT SELECT of the same rows";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        try (BenchHouse house =
                BenchHouse.open("bench-rewrite", LocalPostgres.settings().set("max_wal_size", "8GB"))) {
            house.asRegistry(parts -> {
                for (int made = 0; made < KEYS; made += AT_ONCE) {
                    parts.keyring().create(fresh()).values().forEach(DataKey::close);
                }
                return KEYS;
            });
            DatabaseAccess access = house.database(Database.KEYRING);
            List<Double> ours = new ArrayList<>();
            List<Double> limit = new ArrayList<>();
            try (HikariDataSource pool = BenchHouse.pool(access.url(), access.role("rekeyer"));
                    HttpsCustodian custodian = house.custodian("registry")) {
                pool.setMaximumPoolSize(3);
                KeyringRewrite rewrite = new KeyringRewrite(pool, custodian, InstantSource.system());
                for (int round = 0; round < ROUNDS; round++) {
                    house.settle();
                    report.commitProbe(CommitProbe.perSecond(house.postgres()));
                    ours.add(rate(() -> rewrite.run(RotationWatch.NOBODY)));
                    house.settle();
                    limit.add(rate(() -> copy(house)));
                }
            }
            report.add("rewrite", ours, limit, "keys/s");
        }
    }

    private static List<NewKey> fresh() {
        return IntStream.range(0, AT_ONCE)
                .mapToObj(i -> NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY))
                .toList();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double rate(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return KEYS / ((System.nanoTime() - start) / 1e9);
    }

    private static void copy(BenchHouse house) throws SQLException {
        try (Connection connection = house.postgres()
                        .connect(house.database(Database.KEYRING).database().databaseName());
                var statement = connection.createStatement()) {
            statement.execute(COPY);
        }
    }
}
