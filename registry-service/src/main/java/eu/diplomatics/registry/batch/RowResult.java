package eu.diplomatics.registry.batch;

import eu.diplomatics.eventstore.EventPlace;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of one row; sealed with its neighbours until it is fetched.
 *
 * @param supplierReference absent when the row holds none that can be read
 * @param place where it stands in the log, for an accepted or duplicate row: the receipt is signed when it is fetched
 * @param unlisted columns of an accepted row whose values are outside the taxonomy; absent when there are none
 */
record RowResult(
        long row,
        Status status,
        @Nullable String supplierReference,
        @Nullable Place place,
        @Nullable List<String> unlisted,
        List<RowError> errors) {

    /** How a row is answered. */
    enum Status {
        ACCEPTED,
        DUPLICATE,
        REJECTED
    }

    /** What is wrong with a row and in which column; never the value. */
    record RowError(String column, String code, String message) {}

    /** A place in the log as JSON. */
    record Place(UUID reference, long version, long position, String recordedAt, String leaf) {
        static Place of(EventPlace place) {
            return new Place(
                    place.stream(),
                    place.version(),
                    place.position(),
                    place.recordedAt().toString(),
                    HexFormat.of().formatHex(place.leaf()));
        }

        EventPlace inLog() {
            return new EventPlace(
                    reference,
                    version,
                    position,
                    Instant.parse(recordedAt),
                    HexFormat.of().parseHex(leaf));
        }
    }

    @Override
    public String toString() {
        return "RowResult[row=" + row + ", " + status + "]";
    }
}
