package eu.diplomatics.qualification;

import org.jspecify.annotations.Nullable;

/** A date of which only the year, or the year and month, may be known: {@code 2019}, {@code 2019-06}, {@code 2019-06-28}. */
public record PartialDate(
        int year, @Nullable Integer month, @Nullable Integer day) {
    @Override
    public String toString() {
        return String.format("%04d", year)
                + (month == null ? "" : String.format("-%02d", month))
                + (day == null ? "" : String.format("-%02d", day));
    }
}
