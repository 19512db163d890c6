package eu.diplomatics.backup.bundle;

import eu.diplomatics.backup.generation.EnvironmentFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that a generation needs beside keys to become a registry that answers:
 *
 * <pre>
 * app/PROGRAM/*.jar      the programs with their libraries; PostgreSQL's binaries and Kafka's broker are among them
 * jre/                   a Java runtime for them
 * configuration/         what they are told, without what is secret
 * migrations/, docs/     as files, for who works without the programs
 * sbom.cdx.json          what software it is
 * </pre>
 *
 * @param applications a folder with one folder of archives for each program
 * @param java a JDK, from which the runtime is linked
 * @param configuration a folder of files that are not secret
 * @param work where the runtime is kept from one generation to the next
 */
public record EnvironmentBundle(Path applications, Path java, Path configuration, Path work)
        implements EnvironmentFiles {
    private static final String JAR = ".jar";

    @Override
    public List<File> files() throws IOException {
        List<File> files = new ArrayList<>();
        List<File> programs = below(applications, "app", JAR);
        if (programs.isEmpty()) {
            throw new BundleException(
                    "no programs in " + applications,
                    "environment.applications in the configuration names their folder");
        }
        files.addAll(programs);
        files.addAll(below(JavaImage.of(java, work), "jre", ""));
        files.addAll(below(configuration, "configuration", ""));
        files.addAll(OwnResources.below("migrations"));
        files.addAll(OwnResources.below("docs"));
        byte[] list = SoftwareList.of(archives());
        files.add(new File("sbom.cdx.json", false, () -> new ByteArrayInputStream(list)));
        return files;
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> all = Files.walk(applications)) {
            return all.filter(each -> each.toString().endsWith(JAR)).sorted().toList();
        }
    }

    private static List<File> below(Path root, String name, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(
                            each -> Files.isRegularFile(each) && each.toString().endsWith(ending))
                    .sorted()
                    .map(each -> new File(
                            name + "/" + root.relativize(each),
                            Files.isExecutable(each),
                            () -> Files.newInputStream(each)))
                    .toList();
        }
    }
}
