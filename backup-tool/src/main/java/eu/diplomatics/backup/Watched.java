package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.generation.RunStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What whoever watches is told after an operation that ended well. */
final class Watched {
    private Watched() {}

    /**
     * Keeps what it came to in the first place, where this configuration signs, and brings what is signed there to where it is
     * watched. What the operation did stays done whatever comes of this: who watches sees it grow old.
     */
    static void ended(
            BackupApplication tool,
            BackupConfiguration configuration,
            String operation,
            String generation,
            Instant begun,
            Instant at,
            long bytes,
            long events) {
        if (configuration.manifestKey() == null) {
            return;
        }
        long millis = Duration.between(begun, tool.clock().instant()).toMillis();
        try (GenerationStore store = configuration.store()) {
            RunStore runs = new RunStore(store);
            runs.keep(new Run(operation, generation, at, millis, bytes, events));
            bring(configuration, runs);
        } catch (IOException e) {
            tool.commandLine().getErr().println("it is done, but who watches was not told:");
            new Failures().explain(e, tool.commandLine().getErr());
        }
    }

    /** To where it is watched, where the configuration says so. */
    static void bring(BackupConfiguration configuration, RunStore runs) throws IOException {
        Path folder = configuration.watched();
        if (folder != null) {
            runs.copyTo(folder);
        }
    }
}
