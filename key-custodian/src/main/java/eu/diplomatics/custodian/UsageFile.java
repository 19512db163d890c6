package eu.diplomatics.custodian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What clients have used, over restarts: written now and then, so a crash forgets a little of it, never everything. Each
 * use stands in the audit log as well.
 */
final class UsageFile {
    private static final Logger LOG = LoggerFactory.getLogger(UsageFile.class);

    private final Path file;
    private final Map<String, Map<Long, Long>> counts;

    private record Kept(Map<String, Map<Long, Long>> counts) {}

    UsageFile(Path directory) {
        this.file = directory.resolve("state").resolve("usage.json");
        this.counts = read();
    }

    /** @param name a client and what it uses */
    synchronized HourlyUse of(String name) {
        return new HourlyUse(counts.getOrDefault(name, Map.of()));
    }

    /** No call is refused because of it. */
    synchronized void keep(String name, Map<Long, Long> hours) {
        counts.put(name, hours);
        try {
            DurableFile.replace(file, Messages.JSON.writeValueAsBytes(new Kept(counts)));
        } catch (IOException e) {
            LOG.error("use of clients cannot be written to {}: {}", file, e.toString());
        }
    }

    private Map<String, Map<Long, Long>> read() {
        try {
            if (Files.exists(file)) {
                return new HashMap<>(Messages.JSON
                        .readValue(Files.readAllBytes(file), Kept.class)
                        .counts());
            }
        } catch (IOException | JacksonException e) {
            LOG.error("use of clients cannot be read from {}, counting anew: {}", file, e.toString());
        }
        return new HashMap<>();
    }
}
