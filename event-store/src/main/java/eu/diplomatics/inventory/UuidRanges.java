package eu.diplomatics.inventory;

import java.util.UUID;

/** Random ids, cut into equal ranges by their first two bytes, in the order of the database. */
final class UuidRanges {
    private static final int PREFIXES = 1 << 16;
    private static final long ROWS_A_RANGE = 50_000;

    private final int count;

    private UuidRanges(int count) {
        this.count = count;
    }

    /** So many that each has some ten thousand of these rows. */
    static UuidRanges of(long rows) {
        int count = 1;
        while (count < PREFIXES && rows / count > ROWS_A_RANGE) {
            count *= 2;
        }
        return new UuidRanges(count);
    }

    int count() {
        return count;
    }

    UUID first(int range) {
        return new UUID(prefix(range) << 48, 0);
    }

    /** The last id of the range, which belongs to it. */
    UUID last(int range) {
        return new UUID((prefix(range + 1) - 1) << 48 | 0xffff_ffff_ffffL, -1L);
    }

    private long prefix(int range) {
        return (long) range * (PREFIXES / count);
    }
}
