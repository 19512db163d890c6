package eu.diplomatics.custodian;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** How much a client used in each hour of the last week; counts only. */
final class HourlyUse {
    private static final long HOUR = Duration.ofHours(1).toSeconds();
    private static final int WEEK = 7 * 24;
    private static final int DAY = 24;

    private final TreeMap<Long, Long> hours;

    HourlyUse(Map<Long, Long> hours) {
        this.hours = new TreeMap<>(hours);
    }

    static long hour(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), HOUR);
    }

    void add(Instant at, long count) {
        hours.merge(hour(at), count, Long::sum);
        hours.headMap(hour(at) - WEEK).clear();
    }

    long inHour(Instant at) {
        return hours.getOrDefault(hour(at), 0L);
    }

    /** Of the UTC day. */
    long inDay(Instant at) {
        long first = hour(at) / DAY * DAY;
        return hours.subMap(first, first + DAY).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Per hour over the week before this hour; hours without use count too. */
    double recentAverage(Instant at) {
        return hours.headMap(hour(at)).values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                / (double) WEEK;
    }

    Map<Long, Long> hours() {
        return new TreeMap<>(hours);
    }
}
