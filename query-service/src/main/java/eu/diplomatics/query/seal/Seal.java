package eu.diplomatics.query.seal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the access log is sealed: what this service finds when it verifies its own newest checkpoint. Whoever does not take its
 * word verifies the same with the witness's key (docs/runbooks/verify-the-log.md). Holds no personal data.
 *
 * @param witness null where none is configured
 * @param copy null where nothing is shipped to the controller's own database
 */
public record Seal(
        Tree tree, @Nullable Witness witness, @Nullable Copy copy) {
    /** Whether the log's own signature over the newest checkpoint holds. */
    public enum Signature {
        VALID,
        /** It does not, or is over another tree than the database says: an alarm. */
        INVALID,
        /** Nothing was sealed yet. */
        NONE
    }

    /**
     * The tree over the rows.
     *
     * @param origin which log it is
     * @param size rows under the newest checkpoint
     * @param waiting rows behind it
     * @param overdue whether one of them waits longer than it may: an alarm
     * @param halted why nothing is sealed any more; null while it is
     * @param keys with what the log's signatures are verified, the newest first
     * @param checkpoint the newest, a signed note with its cosignatures; null before the first
     */
    public record Tree(
            String origin,
            Signature signature,
            long size,
            @Nullable Instant sealedAt,
            long waiting,
            boolean overdue,
            @Nullable String halted,
            List<String> keys,
            @Nullable String checkpoint) {}

    /** What the controller's witness says to the newest checkpoint. */
    public enum Cosignature {
        /** It signed it. */
        VALID,
        /** There is one under its key, and it does not hold: an alarm. */
        INVALID,
        /** It was not asked yet. */
        WAITING,
        UNREACHABLE,
        REFUSED,
        /** It signed another log than this one: an alarm. */
        CONTRADICTED
    }

    /**
     * The controller's witness.
     *
     * @param key which came from the controller
     * @param at when it says that it saw the checkpoint; null unless its cosignature is valid
     */
    public record Witness(
            String key, Cosignature cosignature, @Nullable Instant at) {}

    /**
     * The controller's own copy.
     *
     * @param shipped the last position that it has
     * @param waiting rows that it has not
     * @param oldestSeconds age of the oldest of them
     * @param trouble what keeps rows from it, or {@code NONE}
     */
    public record Copy(long shipped, long waiting, long oldestSeconds, String trouble) {}

    Seal with(@Nullable Copy known) {
        return new Seal(tree, witness, known);
    }
}
