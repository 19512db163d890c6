package eu.diplomatics.registry.batch;

import eu.diplomatics.qualification.Mode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One file of registrations and how far it is.
 *
 * @param bodyTag HMAC of the body, once it was received whole
 * @param header what stands before the rows, sealed: the header row of a CSV file, the context of a LED file
 * @param code why it failed, where it did
 */
record Job(
        UUID id,
        String supplier,
        byte @Nullable [] bodyTag,
        Format format,
        Mode mode,
        boolean dryRun,
        State state,
        String correlation,
        Instant createdAt,
        byte @Nullable [] header,
        int chunks,
        int chunksDone,
        long rows,
        long accepted,
        long duplicate,
        long rejected,
        @Nullable String code) {

    /** In which shape the rows came, and go back. */
    enum Format {
        NDJSON("application/x-ndjson"),
        CSV("text/csv"),
        LED("application/xml");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }

        String mediaType() {
            return mediaType;
        }
    }

    /** Where a job stands. */
    enum State {
        RECEIVING,
        RUNNING,
        DONE,
        FAILED
    }
}
