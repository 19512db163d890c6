package eu.diplomatics.quickstart.bench;

import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.sample.SampleRegistration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** Sample registrations made and written as JSON by one thread, against what a load has to be fed with. */
final class GenerateBench implements Benchmark {
    private static final int RECORDS = 60_000;
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = 5;
    private static final double WANTED = 30_000;

    @Override
    public String purpose() {
        return "make sample registrations, as JSON; limit: the 30,000 a second that are asked for";
    }

    @Override
    public void run(BenchReport report) {
        List<Double> ours = new ArrayList<>();
        for (int round = 0; round < WARM_UPS + ROUNDS; round++) {
            long bytes = 0;
            long start = System.nanoTime();
            for (Iterator<SampleRegistration> records = Loader.records(round, RECORDS); records.hasNext(); ) {
                bytes += records.next().json().length;
            }
            if (round >= WARM_UPS) {
                ours.add(RECORDS * 1e9 / (System.nanoTime() - start));
            } else if (bytes == 0) {
                throw new IllegalStateException("nothing was made");
            }
        }
        report.add("generate", ours, Collections.nCopies(ROUNDS, WANTED), "records/s");
    }
}
