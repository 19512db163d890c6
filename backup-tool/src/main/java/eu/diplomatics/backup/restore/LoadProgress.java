package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Counts the bytes of segments and says how long the rest will take. */
final class LoadProgress {
    private final InstantSource clock;
    private final RestoreProgress told;
    private final Instant begun;
    private final long all;
    private long there;
    private long loaded;

    LoadProgress(Manifest manifest, InstantSource clock, RestoreProgress told) {
        this.clock = clock;
        this.told = told;
        this.begun = clock.instant();
        this.all = manifest.bytes();
    }

    /** @param now whether this run loaded it */
    void segment(String table, long bytes, boolean now) {
        there += bytes;
        loaded += now ? bytes : 0;
        long millis = Duration.between(begun, clock.instant()).toMillis();
        long rate = millis == 0 ? 0 : loaded * 1000 / millis;
        told.loaded(table, there, all, rate, rate == 0 ? Duration.ZERO : Duration.ofSeconds((all - there) / rate));
    }
}
