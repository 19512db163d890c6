package eu.diplomatics.registry.batch;

import java.time.Duration;

/**
 * Bounds of batches.
 *
 * @param retention how long after its end a job's rows and results can be fetched
 * @param uploads how many files may be received at the same time
 * @param maxBytes of one file
 */
public record BatchSettings(Duration retention, int uploads, long maxBytes) {}
