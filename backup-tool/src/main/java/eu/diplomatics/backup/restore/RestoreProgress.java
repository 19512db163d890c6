package eu.diplomatics.backup.restore;

import java.time.Duration;

/** Told how far a restore is. */
public interface RestoreProgress {
    /** A part of it came to its end. */
    void phase(String name, Duration took);

    /**
     * After each segment.
     *
     * @param loadedBytes of all segments so far, those of an earlier run among them
     * @param bytesPerSecond of this run; 0 while that cannot be told
     * @param left how long the rest will take at that rate
     */
    void loaded(String table, long loadedBytes, long allBytes, long bytesPerSecond, Duration left);
}
