package eu.diplomatics.backup.generation;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What a generation needs to run in another place: programs and what they are told, and nothing that is secret. */
@FunctionalInterface
public interface EnvironmentFiles {
    /** A generation of data alone. */
    EnvironmentFiles NONE = List::of;

    /** Each path once. */
    List<File> files() throws IOException;

    /** Opens what is in a file. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }

    /**
     * @param path from the folder it is unpacked into, parts between slashes
     * @param executable whether its owner may run it
     */
    record File(String path, boolean executable, Content content) {}
}
