package eu.diplomatics.backup.bundle;

import eu.diplomatics.backup.generation.EnvironmentFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What this program carries in itself: the migrations of all databases, and the documents one needs at night. */
final class OwnResources {
    private static final String ROOT = "/eu/diplomatics/backup/";

    private OwnResources() {}

    /** All below a folder of ours, under the folder's own name. */
    static List<EnvironmentFiles.File> below(String folder) throws IOException {
        URL found = OwnResources.class.getResource(ROOT + folder);
        if (found == null) {
            throw new BundleException("this program lacks its own " + folder, "build it anew");
        }
        try {
            URI uri = found.toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri), folder);
            }
            try (FileSystem archive = FileSystems.newFileSystem(uri, Map.of())) {
                return read(archive.getPath(ROOT + folder), folder);
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<EnvironmentFiles.File> read(Path root, String folder) throws IOException {
        List<EnvironmentFiles.File> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
                byte[] content = Files.readAllBytes(each);
                files.add(new EnvironmentFiles.File(
                        folder + "/" + root.relativize(each), false, () -> new ByteArrayInputStream(content)));
            }
        }
        return files;
    }
}
