package eu.diplomatics.registry.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What there is to say of the custodian's epoch keys. */
public interface EpochKeys {
    Shown epochKeys();

    /** Where their destruction stands. */
    enum State {
        /** The keyring stands under all that are left. */
        NOTHING_DUE,
        /** Keys are due, and no file with a schedule of the controller's is configured for their site. */
        WAITING_FOR_SCHEDULE,
        /** Keys are due, and no file with the index of backup generations is configured. */
        WAITING_FOR_GENERATION_INDEX,
        /** Keys are due, and it is not configured under which keys the site's receipts verify. */
        WAITING_FOR_RECEIPT_KEY,
        /** Every site is asked, again and again, until all are destroyed; each key says what was answered last. */
        ASKING
    }

    /**
     * An epoch key at one site.
     *
     * @param state {@code IN_USE}, {@code DUE}, {@code DESTROYED}, or {@code RETIRED} once the log says so too
     * @param answer what came of asking last: a code of the custodian's, {@code AWAY}, {@code DESTROYED},
     *     {@code RECEIPT_} with why its receipt was refused; or why it was not asked: {@code NO_SCHEDULE},
     *     {@code NO_RECEIPT_KEY}, {@code GENERATION_INDEX_UNREADABLE}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Key(
            String label,
            String custodian,
            String state,
            @Nullable Instant askedAt,
            @Nullable String answer,
            @Nullable String receiptHash) {}

    /** @param keys the newest first; of those that are destroyed the last hundred */
    record Shown(State destruction, List<Key> keys) {}
}
