package eu.diplomatics.quickstart.bench;

import eu.diplomatics.eventstore.EventLogSettings;
import eu.diplomatics.eventstore.EventStoreMigrations;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalDatabases;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.Passwords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Appending to the log, sealed and checked, against plain inserts of rows of the same size into the same server. */
final class AppendBench implements Benchmark {
    private static final Duration ROUND = Duration.ofSeconds(4);
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final int ROUNDS = 5;
    private static final int MANY = 32;
    private static final String UNIT = "events/s";

    @Override
    public String purpose() {
        return "append in bulk, one at a time, and by 32 callers; limit: batched insert, single insert and commit";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        try (LocalPostgres postgres = LocalPostgres.settings()
                .set("max_wal_size", "8GB")
                .set("checkpoint_timeout", "1h")
                .start()) {
            Map<String, String> passwords = new ConcurrentHashMap<>();
            DatabaseAccess access = new LocalDatabases(
                            postgres, role -> passwords.computeIfAbsent(role, any -> Passwords.random()))
                    .create(Database.EVENTSTORE);
            EventStoreMigrations.migrate(
                    access.url(),
                    access.migrator().username(),
                    access.migrator().password());
            Login writer = access.role("writer");
            try (PostgresEventLog log = PostgresEventLog.open(
                            access.url(), writer.username(), writer.password(), EventLogSettings.defaults());
                    LimitInserts limit = new LimitInserts(postgres);
                    AxonJpaAppends peer = new AxonJpaAppends(postgres)) {
                report.note("a peer's row has the peer's rate in the first column, and the same limit");
                measure(report, postgres, new OurAppends(log), limit, peer);
            }
        }
    }

    private interface Rate {
        double perSecond(Duration duration) throws Exception;
    }

    private static void measure(
            BenchReport report, LocalPostgres postgres, OurAppends ours, LimitInserts limit, AxonJpaAppends peer)
            throws Exception {
        ours.bulk(WARM_UP);
        limit.chooseFasterBatch(WARM_UP);
        peer.bulk(WARM_UP);
        compare(report, postgres, "append-bulk", ours::bulk, limit::batched, peer::bulk);
        ours.single(1, WARM_UP.dividedBy(2));
        compare(
                report,
                postgres,
                "append-1",
                time -> ours.single(1, time),
                time -> limit.single(1, time),
                time -> peer.single(1, time));
        compare(
                report,
                postgres,
                "append-32",
                time -> ours.single(MANY, time),
                time -> limit.single(MANY, time),
                time -> peer.single(MANY, time));
    }

    private static void compare(
            BenchReport report, LocalPostgres postgres, String name, Rate ours, Rate limit, Rate peer)
            throws Exception {
        List<Double> our = new ArrayList<>();
        List<Double> raw = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            report.commitProbe(CommitProbe.perSecond(postgres));
            our.add(ours.perSecond(ROUND));
            raw.add(limit.perSecond(ROUND));
            theirs.add(peer.perSecond(ROUND));
        }
        report.add(name, our, raw, UNIT);
        report.add("peer: Axon JPA " + name, theirs, raw, UNIT);
    }
}
