package eu.diplomatics.qualification;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A date of which only the year, or the year and month, may be known: {@code 2019}, {@code 2019-06}, {@code 2019-06-28}.
 * The year is one of 1800 to 2199, as in the LED. Ordered by the first day it may stand for, the less exact one first.
 */
public record PartialDate(
        int year, @Nullable Integer month, @Nullable Integer day) implements Comparable<PartialDate> {
    /** @throws IllegalArgumentException when the calendar has no such date */
    public PartialDate {
        if (year < 1800 || year > 2199 || (month == null && day != null)) {
            throw new IllegalArgumentException("not a partial date");
        }
        try {
            LocalDate.of(year, month == null ? 1 : month, day == null ? 1 : day);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a date of the calendar", e);
        }
    }

    /** Empty when the text has another shape or the calendar has no such date. */
    public static Optional<PartialDate> parse(String text) {
        int length = text.length();
        boolean month = length >= 7;
        boolean day = length == 10;
        boolean shaped = (length == 4 || length == 7 || day)
                && (!month || text.charAt(4) == '-')
                && (!day || text.charAt(7) == '-');
        int year = shaped ? number(text, 0, 4) : -1;
        int ofYear = month && shaped ? number(text, 5, 7) : 0;
        int ofMonth = day && shaped ? number(text, 8, 10) : 0;
        if (year < 0 || ofYear < 0 || ofMonth < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PartialDate(year, month ? ofYear : null, day ? ofMonth : null));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Of ASCII digits; -1 when there is anything else. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    /** The first day this may stand for. */
    public LocalDate earliest() {
        return LocalDate.of(year, month == null ? 1 : month, day == null ? 1 : day);
    }

    /** The last day this may stand for. */
    public LocalDate latest() {
        if (day != null) {
            return earliest();
        }
        return month == null
                ? LocalDate.of(year, 12, 31)
                : YearMonth.of(year, month).atEndOfMonth();
    }

    /** Whether every day this may stand for is after {@code day}: a date that may be past is not in the future. */
    public boolean isAfter(LocalDate day) {
        return earliest().isAfter(day);
    }

    @Override
    public int compareTo(PartialDate other) {
        int order = earliest().compareTo(other.earliest());
        return order != 0 ? order : Integer.compare(parts(), other.parts());
    }

    private int parts() {
        return day != null ? 3 : month != null ? 2 : 1;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(10).append(year);
        append(text, month);
        append(text, day);
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Integer part) {
        if (part != null) {
            text.append(part < 10 ? "-0" : "-").append(part.intValue());
        }
    }
}
