package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Passwords;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;

/** Random passwords of this installation, made when first asked for and kept in one file that only its owner reads. */
public final class Credentials {
    private final Path file;
    private final Properties values = new Properties();

    public Credentials(Path file) {
        this.file = file;
        if (Files.exists(file)) {
            try (BufferedReader reader = Files.newBufferedReader(file)) {
                values.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public synchronized String get(String name) {
        String known = values.getProperty(name);
        if (known != null) {
            return known;
        }
        String fresh = Passwords.random();
        values.setProperty(name, fresh);
        save();
        return fresh;
    }

    private void save() {
        try {
            Path partial = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "credentials",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (BufferedWriter writer = Files.newBufferedWriter(partial)) {
                values.store(writer, "made by ./dev up; ./dev reset deletes it together with the data");
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
