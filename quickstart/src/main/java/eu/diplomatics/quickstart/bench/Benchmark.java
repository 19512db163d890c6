package eu.diplomatics.quickstart.bench;

/** One family of measurements, each of ours beside the limit it is held against. */
interface Benchmark {
    /** What it measures, in a line. */
    String purpose();

    /** Whether it runs when all do; what takes very long is asked for by its name. */
    default boolean isOneOfAll() {
        return true;
    }

    /** Ours and the limit in turns, so that both meet the same machine; medians go into the report. */
    void run(BenchReport report) throws Exception;
}
