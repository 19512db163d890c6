package eu.diplomatics.backup.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.backup.source.SourceMarks;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a generation consists of; format in docs/backup-format.md. Everything in it is countable without a key.
 *
 * @param id {@code YYYY-MM-DD-NN}: the UTC day, and which attempt of that day
 * @param begunAt when its snapshot was taken
 * @param log how far the log was, and its Merkle root (RFC 6962) there
 * @param keys by part: the key of its segments as the custodian's sites wrapped it
 * @param epochKeys the labels of the custodian's keys, by site, under which those stand
 * @param environment what it needs to run in another place, in clear; null where it is data alone
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
        List<Source> sources,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Bundled> environment) {
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
     * @param marks from where a tail goes on; null in generations that were made before there were tails
     */
    public record Source(
            String database,
            String part,
            Instant snapshotAt,
            Map<String, String> migrations,
            Map<String, Long> sequences,
            List<Table> tables,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            SourceMarks marks) {}

    /** @param name with its schema */
    public record Table(String name, List<String> columns, long rows, List<Segment> segments) {}

    /** @param sha256 of the file, hex: also its name */
    public record Segment(String sha256, long bytes, long rows) {}

    /**
     * A file of the environment.
     *
     * @param path from the folder it is unpacked into: parts between slashes, none of which leads upwards
     * @param size when it is unpacked
     * @param sha256 of it as it is stored (zstd), hex: also its name
     * @param bytes as it is stored
     */
    public record Bundled(String path, boolean executable, long size, String sha256, long bytes) {
        private static final Pattern PATH =
                Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._$+@-]*(/[A-Za-z0-9_][A-Za-z0-9._$+@-]*)*");

        public Bundled {
            if (!PATH.matcher(path).matches()) {
                throw new IllegalArgumentException("no path of a file of an environment");
            }
        }
    }

    /** What it needs to run in another place; nothing where it is data alone. */
    public List<Bundled> bundled() {
        return environment == null ? List.of() : environment;
    }

    /** The names of all that belongs to it in its place, but for its tails. */
    Set<String> objects() {
        GenerationId own = GenerationId.parse(id);
        Set<String> names = new HashSet<>(Set.of(GenerationStore.manifestName(own)));
        for (Source source : sources) {
            for (Table table : source.tables()) {
                for (Segment segment : table.segments()) {
                    names.add(GenerationStore.segmentName(own, source.part(), segment.sha256()));
                }
            }
        }
        bundled().forEach(file -> names.add(GenerationStore.environmentName(own, file.sha256())));
        return names;
    }

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
