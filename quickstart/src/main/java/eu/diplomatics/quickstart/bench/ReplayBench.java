package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import eu.diplomatics.vault.Replay;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Every event read, its key fetched and unwrapped, opened, checked against its leaf and decoded; against the same rows
 * read by position in pages of the same size and decrypted with one key that is at hand.
 */
final class ReplayBench implements Benchmark {
    private static final int PEOPLE = 30_000;
    private static final int WARM_UPS = 4;
    private static final int ROUNDS = 7;
    private static final String UNIT = "events/s";

    @Override
    public String purpose() {
        return "read, open and decode every event; limit: the same rows read by position and decrypted";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        try (BenchHouse house = BenchHouse.open("replay-bench", BenchHouse.settings())) {
            DatabaseAccess events = house.database(Database.EVENTSTORE);
            house.asRegistry(parts -> {
                new BenchPeople(
                                parts.keyring(),
                                new HolderIndex(new BlindIndex(parts.keyring(), parts.custodian()), parts.keyring()),
                                parts.log())
                        .register(PEOPLE);
                try (HikariDataSource pool = BenchHouse.pool(events.url(), events.role("reader"))) {
                    house.settle();
                    measure(report, house, pool, parts.keyring());
                }
                return PEOPLE;
            });
        }
    }

    private interface Pass {
        /** Goes through the whole log and tells how many events there were. */
        long run() throws Exception;
    }

    private static void measure(BenchReport report, BenchHouse house, HikariDataSource pool, Keyring keyring)
            throws Exception {
        EventReader reader = new PostgresEventReader(pool);
        Replay replay = new Replay(reader, new EventVault(keyring));
        Pass ours = () -> {
            Count count = new Count();
            replay.run(0, count::add);
            return count.opened;
        };
        try (RawReplay raw = new RawReplay(pool)) {
            List<Pass> passes = List.of(ours, raw::openEnvelopes, raw::decryptGcm, raw::read);
            List<List<Double>> measured = new ArrayList<>();
            for (Pass pass : passes) {
                for (int i = 0; i < WARM_UPS; i++) {
                    rate(pass);
                }
                measured.add(new ArrayList<>());
            }
            CpuTimes spent = new CpuTimes(Map.of());
            CpuTimes spentOnLimit = new CpuTimes(Map.of());
            for (int round = 0; round < ROUNDS; round++) {
                report.commitProbe(CommitProbe.perSecond(house.postgres()));
                for (int i = 0; i < passes.size(); i++) {
                    CpuTimes begun = CpuTimes.now();
                    measured.get(i).add(rate(passes.get(i)));
                    CpuTimes taken = CpuTimes.now().since(begun);
                    spent = i == 0 ? spent.plus(taken) : spent;
                    spentOnLimit = i == 1 ? spentOnLimit.plus(taken) : spentOnLimit;
                }
            }
            report.add("replay", measured.get(0), measured.get(1), UNIT);
            report.add("beside it: plain AES-GCM", measured.get(0), measured.get(2), UNIT);
            report.add("beside it: read alone", measured.get(0), measured.get(3), UNIT);
            long events = reader.head().position();
            report.note("events in the log: " + events);
            double each = (double) ROUNDS * events;
            report.note(String.format(
                    Locale.ROOT,
                    "CPU of all processes: %.1f µs an event; of the limit: %.1f µs",
                    spent.each(each),
                    spentOnLimit.each(each)));
            spent.linesForEach(each).forEach(report::note);
        }
    }

    private static double rate(Pass pass) throws Exception {
        long start = System.nanoTime();
        long events = pass.run();
        return events * 1e9 / (System.nanoTime() - start);
    }

    private static final class Count {
        private long opened;

        void add(Opening opening) {
            if (!(opening instanceof Opening.Opened)) {
                throw new IllegalStateException("an event did not open");
            }
            opened++;
        }
    }
}
