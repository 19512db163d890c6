package eu.diplomatics.registry.batch;

import java.time.Duration;

/**
 * Bounds of batches.
 *
 * @param retention how long after its end a job's rows and results can be fetched
 * @param uploads how many files may be received at the same time
 * @param uploadsPerSupplier how many of them from one supplier
 * @param patience how long a body may be waited for, in all, before its average rate must be {@link #MIN_RATE}
 * @param maxBytes of one file
 */
public record BatchSettings(Duration retention, int uploads, int uploadsPerSupplier, Duration patience, long maxBytes) {
    /** Bytes a second that a file has to come at. */
    static final long MIN_RATE = 16 * 1024;
}
