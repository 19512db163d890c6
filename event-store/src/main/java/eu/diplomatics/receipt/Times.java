package eu.diplomatics.receipt;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times as every answer, receipt and file writes them: RFC 3339, UTC, always six digits after the second. */
public final class Times {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    /** For example {@code 2026-11-22T06:00:00.120000Z}; what is finer than a microsecond is cut off. */
    public static String format(Instant instant) {
        return FORMAT.format(instant);
    }

    /**
     * Reads any RFC 3339 time, with offset or {@code Z}, cut off to microseconds.
     *
     * @throws DateTimeException when it is none
     */
    public static Instant parse(String text) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from).truncatedTo(ChronoUnit.MICROS);
    }
}
