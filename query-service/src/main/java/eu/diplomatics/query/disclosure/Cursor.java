package eu.diplomatics.query.disclosure;

import eu.diplomatics.query.accesslog.AccessRows.Place;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a page ended, as its reader hands it back: seconds (8), nanoseconds (4) and id (16) of a row, base64url. */
final class Cursor {
    private static final int BYTES = 28;

    private Cursor() {}

    static String text(Place place) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(BYTES)
                        .putLong(place.at().getEpochSecond())
                        .putInt(place.at().getNano())
                        .putLong(place.id().getMostSignificantBits())
                        .putLong(place.id().getLeastSignificantBits())
                        .array());
    }

    /** From {@code otherwise} on where there is none. */
    static Place place(@Nullable String text, String pointer, Place otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.remaining() == BYTES) {
                Instant at = Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
                // what the database cannot have written it need not read either
                if (at.getEpochSecond() >= 0 && at.getEpochSecond() < 1L << 36) {
                    return new Place(at, new UUID(bytes.getLong(), bytes.getLong()));
                }
            }
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            // refused below
        }
        throw ProblemException.at(ProblemCode.MALFORMED, pointer, "Send back what a page said as next.");
    }
}
