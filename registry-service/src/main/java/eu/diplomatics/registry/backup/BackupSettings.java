package eu.diplomatics.registry.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the registry reads how its backups are.
 *
 * @param index file with the signed index of generations; null where nobody told
 * @param drills file with the signed index of drills; null where nobody told
 * @param runs folder with the signed runs of operations; null where nobody told
 * @param manifestKeys public keys, X.509 form, of which one has signed them
 * @param drillEvery how long after a drill that passed the next has to have
 */
public record BackupSettings(
        @Nullable Path index,
        @Nullable Path drills,
        @Nullable Path runs,
        List<byte[]> manifestKeys,
        Duration drillEvery) {
    public BackupSettings {
        manifestKeys = List.copyOf(manifestKeys);
    }
}
