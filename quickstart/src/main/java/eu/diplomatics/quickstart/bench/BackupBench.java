package eu.diplomatics.quickstart.bench;

import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Ports;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A generation of backup by the tool as it is run, its verification and its restore, each as a process of its own, at
 * growing logs. Held against what PostgreSQL and the disk take for the same data: a copy of the cluster's files between
 * {@code pg_backup_start} and {@code pg_backup_stop}, which is what {@code pg_basebackup} does and the server's binaries
 * here do not bring; reading and hashing the segments; a binary COPY of the rows into tables with the same indexes.
 */
final class BackupBench implements Benchmark {
    private static final long FEW = 100_000;
    private static final long MEASURED = 1_000_000;
    /** That again, twice: what is read then is not opened. */
    private static final int COPIES = 2;

    private static final int PEOPLE_AT_ONCE = 5_000;
    private static final int ROUNDS = 3;
    private static final String HEAD = "SELECT position FROM eventstore.head";

    private final boolean large;

    /** @param large at three million events alone; else at fewer, with restore and export */
    BackupBench(boolean large) {
        this.large = large;
    }

    @Override
    public String purpose() {
        return large
                ? "backup, at three million events"
                : "a generation of backup, verified and restored, and an export; limits: the cluster's files, hashing, COPY";
    }

    @Override
    public boolean isOneOfAll() {
        return false;
    }

    @Override
    public void run(BenchReport report) throws Exception {
        LocalPostgres.Settings settings =
                BenchHouse.settings().set("max_wal_size", "8GB").set("checkpoint_timeout", "1h");
        try (BenchHouse house = BenchHouse.open("backup-bench", settings)) {
            migrate(house);
            house.asRegistry(parts -> {
                BenchPeople people = new BenchPeople(
                        parts.keyring(),
                        new HolderIndex(new BlindIndex(parts.keyring(), parts.custodian()), parts.keyring()),
                        parts.log());
                BackupRun tool = BackupRun.prepare(house);
                ExportRun exporter = ExportRun.prepare(house);
                for (long events : large ? List.of(MEASURED) : List.of(FEW, MEASURED)) {
                    while (house.logFigure(HEAD) < events) {
                        people.fill(PEOPLE_AT_ONCE);
                    }
                    if (!large) {
                        measure(report, house, tool, events == MEASURED);
                        export(report, house, exporter, events == MEASURED);
                    }
                }
                if (large) {
                    new CopiedLog(house.postgres()).add((long) house.logFigure(HEAD), COPIES);
                    measure(report, house, tool, false);
                }
                return true;
            });
        }
    }

    /** The services make their databases; what they hold beside log and keys is empty here. */
    private static void migrate(BenchHouse house) throws Exception {
        house.services().startRegistry(Ports.free()).close();
        house.services().startQuery(Ports.free()).close();
    }

    private void measure(BenchReport report, BenchHouse house, BackupRun tool, boolean inFull) throws Exception {
        double events = house.logFigure(HEAD);
        List<Double> backup = new ArrayList<>();
        List<Double> files = new ArrayList<>();
        List<Double> rows = new ArrayList<>();
        List<Double> verify = new ArrayList<>();
        List<Double> hash = new ArrayList<>();
        for (int round = 0; round < (inFull ? ROUNDS : 1); round++) {
            report.commitProbe(CommitProbe.perSecond(house.postgres()));
            house.settle();
            backup.add(events / tool.create());
            house.settle();
            files.add(events / RawBackup.copyFiles(house.postgres(), house.directory()));
            house.settle();
            rows.add(events / RawBackup.copyRows(house.postgres(), house.directory()));
            verify.add(events / tool.verify());
            hash.add(events / RawBackup.hash(tool.newest()));
        }
        report.note(String.format(
                Locale.ROOT,
                "at %,d events (load %.1f, %,d MB of memory left): backup %.1f s (%.1f µs an event), verify %.1f s (%.1f µs), generation %,.0f MB",
                (long) events,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                availableMegabytes(),
                events / BenchReport.median(backup),
                1e6 / BenchReport.median(backup),
                events / BenchReport.median(verify),
                1e6 / BenchReport.median(verify),
                RawBackup.bytes(tool.newest()) / 1e6));
        if (inFull || large) {
            report.add("backup", backup, files, "events/s");
            report.add("beside it: COPY to a file", backup, rows, "events/s");
            report.add("verify", verify, hash, "events/s");
        }
        if (inFull) {
            List<Double> limit = List.of(events / RawBackup.loadRows(house.postgres(), house.directory()));
            report.add("restore", List.of(events / tool.restore()), limit, "events/s");
        }
    }

    /** The whole log, opened, for a recipient; beside it a COPY of its rows as they lie there. */
    private static void export(BenchReport report, BenchHouse house, ExportRun exporter, boolean inFull)
            throws Exception {
        double events = house.logFigure(HEAD);
        house.settle();
        double seconds = exporter.export((long) events);
        report.note(String.format(
                Locale.ROOT,
                "at %,d events: export %.1f s (%.1f µs an event)",
                (long) events,
                seconds,
                1e6 * seconds / events));
        if (inFull) {
            double rows = RawBackup.copyRows(house.postgres(), house.directory());
            report.add("export", List.of(events / seconds), List.of(events / rows), "events/s");
        }
    }

    /** What Linux says it has for those who ask; 0 elsewhere. */
    private static long availableMegabytes() throws IOException {
        Path told = Path.of("/proc/meminfo");
        if (!Files.exists(told)) {
            return 0;
        }
        return Files.readAllLines(told).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .findFirst()
                .orElse(0L);
    }
}
