package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.Manifest.Segment;
import eu.diplomatics.backup.source.SourceMarks;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What came after a generation, and after the tails before; format in docs/backup-format.md. It counts with all that are
 * before it: each names the one before by its hash.
 *
 * @param generation whose keys it stands under, and with which it goes
 * @param number from 1 on
 * @param previous SHA-256 of the statement before, hex: the generation's manifest for the first
 * @param takenAt when the log's snapshot was taken: a restore up to then ends with this one
 */
public record TailManifest(
        String type,
        String generation,
        int number,
        String previous,
        Instant takenAt,
        Instant endedAt,
        String madeBy,
        Log log,
        List<Source> sources) {
    static final String TYPE = "diplomatics backup tail v1";

    public TailManifest {
        sources = List.copyOf(sources);
    }

    /**
     * @param position of the last event
     * @param recordedAt of the last event
     */
    public record Log(long position, Instant recordedAt) {}

    /**
     * A database; the members that a generation's has too mean the same.
     *
     * @param marks from where the next tail goes on
     */
    public record Source(
            String database,
            String part,
            Instant snapshotAt,
            Map<String, String> migrations,
            Map<String, Long> sequences,
            SourceMarks marks,
            List<Table> tables) {}

    /**
     * @param kind what the rows are
     * @param heldBy the tail that has the rows of a table that is kept whole; else this one
     * @param digest SHA-256, hex, of all rows of a table that is kept whole; else empty
     * @param next the first position that is not there yet, in a table that goes by positions; else 0
     */
    public record Table(
            String name,
            List<String> columns,
            Kind kind,
            int heldBy,
            String digest,
            long next,
            long rows,
            List<Segment> segments) {}

    /** These never change their meaning. */
    public enum Kind {
        /** Added to those before, or in the place of those with the same primary key. */
        SINCE,
        /** All rows that the table has: those before do not count. */
        ALL,
        /** As in the tail that {@code heldBy} names; there are no segments. */
        SAME
    }

    /** Of all segments. */
    public long bytes() {
        return sources.stream()
                .flatMap(source -> source.tables().stream())
                .flatMap(table -> table.segments().stream())
                .mapToLong(Segment::bytes)
                .sum();
    }
}
