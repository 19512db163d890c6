package eu.diplomatics.backup.restore;

import java.io.IOException;
import java.nio.file.Path;

/** For tests of the command line. */
public final class EmptyPlaces {
    private EmptyPlaces() {}

    /** A file that names four empty databases. */
    public static Path target(Path directory) throws IOException {
        return RestorePlaces.empty().target(directory);
    }
}
