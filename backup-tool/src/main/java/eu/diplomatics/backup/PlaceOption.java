package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.GenerationStore;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Of which place a command tells. */
final class PlaceOption {
    @Option(
            names = "--place",
            paramLabel = "NAME",
            defaultValue = BackupConfiguration.FIRST,
            description = "of which place: the name of a copy; ${DEFAULT-VALUE} when left out")
    private String name = BackupConfiguration.FIRST;

    GenerationStore store(BackupConfiguration configuration) throws IOException {
        return configuration.store(name);
    }

    String name() {
        return name;
    }

    boolean isFirst() {
        return name.equals(BackupConfiguration.FIRST);
    }
}
