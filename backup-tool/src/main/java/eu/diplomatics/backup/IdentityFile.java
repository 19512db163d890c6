package eu.diplomatics.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The identity of an export's recipient, as age-keygen writes it. */
final class IdentityFile {
    private static final String SECRET = "AGE-SECRET-KEY-1";

    private IdentityFile() {}

    /** @throws ConfigurationException when there is none in it */
    static String read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith(SECRET))
                    .findFirst()
                    .orElseThrow(() -> new ConfigurationException(
                            "the identity file holds no " + SECRET + "…", "age-keygen writes one"));
        } catch (IOException e) {
            throw new ConfigurationException("the identity file cannot be read", "give it with --identity FILE");
        }
    }
}
