package eu.diplomatics.quickstart.compliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes the dossier: {@code ROOT} into {@code docs/compliance.md}, {@code ROOT --reports} with what the last run of the
 * tests came to into {@code target/compliance.md}. It needs the JDK only, so that {@code ./dev} runs it from its source.
 */
public final class ComplianceApplication {
    private ComplianceApplication() {}

    /** @param arguments the folder of the sources, and {@code --reports} */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        boolean reports = arguments.length > 1 && arguments[1].equals("--reports");
        Path file = root.resolve(reports ? "target/compliance.md" : "docs/compliance.md");
        String dossier;
        try {
            dossier = Dossier.write(root, reports ? Optional.of(Reports.of(root)) : Optional.empty());
        } catch (IllegalStateException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(1);
            return;
        }
        Files.createDirectories(root.resolve(reports ? "target" : "docs"));
        Files.writeString(file, dossier);
        System.out.println("wrote " + root.relativize(file) + ": "
                + dossier.lines().filter(line -> line.endsWith("| **open** |")).count() + " rows are open, "
                + dossier.lines().filter(line -> line.endsWith("| partly |")).count() + " partly, "
                + dossier.lines().filter(line -> line.endsWith("| tested |")).count() + " tested");
    }
}
