package eu.diplomatics.backup.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A Java runtime for the services, linked from the JDK that is at hand; made once for each of its versions. */
final class JavaImage {
    /** What services, broker, PostgreSQL's launcher and custodian's command line need. */
    private static final String MODULES =
            "java.se,jdk.charsets,jdk.crypto.cryptoki,jdk.httpserver,jdk.jfr,jdk.localedata,"
                    + "jdk.management,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs";

    private static final String HINT = "environment.java in the configuration names a JDK";

    private JavaImage() {}

    /**
     * Where it lies.
     *
     * @param home of a JDK
     * @param work where it is kept from one generation to the next
     */
    static Path of(Path home, Path work) throws IOException {
        Path image = work.resolve("jre-" + version(home));
        if (Files.isDirectory(image)) {
            return image;
        }
        Path jlink = home.resolve("bin/jlink");
        if (!Files.isExecutable(jlink)) {
            throw new BundleException(home + " has no jlink", HINT);
        }
        Files.createDirectories(work);
        Path partial = work.resolve("jre.partial");
        delete(partial);
        link(jlink, partial);
        Files.move(partial, image, StandardCopyOption.ATOMIC_MOVE);
        return image;
    }

    private static String version(Path home) throws IOException {
        return Files.readAllLines(home.resolve("release")).stream()
                .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION="))
                .map(line -> line.replaceAll(".*=|\"", "").toLowerCase(Locale.ROOT))
                .findFirst()
                .orElseThrow(() -> new BundleException(home + " does not say its version", HINT));
    }

    private static void link(Path jlink, Path into) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        jlink.toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        into.toString()))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        try (InputStream said = process.getInputStream()) {
            String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new BundleException(
                        "jlink failed: " + text.lines().findFirst().orElse(""), HINT);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new BundleException("interrupted while linking a Java runtime", "again");
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
