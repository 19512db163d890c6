package eu.diplomatics.backup.generation;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a generation consists of; format in docs/backup-format.md. Everything in it is countable without a key.
 *
 * @param id {@code YYYY-MM-DD-NN}: the UTC day, and which attempt of that day
 * @param begunAt when its snapshot was taken
 * @param log how far the log was, and its Merkle root (RFC 6962) there
 * @param keys by part: the key of its segments as the custodian's sites wrapped it
 * @param epochKeys the labels of the custodian's keys, by site, under which those stand
 * @param keyVersions events by the generation of the data keys they are sealed under
 */
public record Manifest(
        String type,
        String id,
        Instant begunAt,
        Instant endedAt,
        String madeBy,
        String server,
        LogState log,
        Map<String, String> keys,
        Map<String, String> epochKeys,
        Map<String, Long> keyVersions,
        List<Source> sources) {
    static final String TYPE = "diplomatics backup manifest v1";

    /**
     * @param position of the last event, so how many there are
     * @param recordedAt of the last event
     * @param root hex
     */
    public record LogState(long position, Instant recordedAt, String root) {}

    /**
     * A database.
     *
     * @param part whose key its segments are sealed under
     * @param migrations the newest by schema
     * @param sequences the last value of each
     */
    public record Source(
            String database,
            String part,
            Instant snapshotAt,
            Map<String, String> migrations,
            Map<String, Long> sequences,
            List<Table> tables) {}

    /** @param name with its schema */
    public record Table(String name, List<String> columns, long rows, List<Segment> segments) {}

    /** @param sha256 of the file, hex: also its name */
    public record Segment(String sha256, long bytes, long rows) {}

    public String day() {
        return GenerationId.parse(id).day().toString();
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
