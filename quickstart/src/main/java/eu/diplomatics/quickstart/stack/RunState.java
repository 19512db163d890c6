package eu.diplomatics.quickstart.stack;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher tells the other commands: its ports and how far it is. Whether it lives at all is told by a file
 * lock, which the system takes back even after SIGKILL.
 */
public final class RunState {
    private static final String BASE = "portBase";
    private static final String TOKENS = "tokens";
    private static final String READY = "ready";
    private static final String PID = "launcher";

    private final Path directory;

    public RunState(Layout layout) {
        this.directory = layout.run();
    }

    /** Takes the launcher's lock, or returns null when another launcher holds it. */
    public @Nullable FileLock lock() throws IOException {
        Files.createDirectories(directory);
        FileChannel channel = FileChannel.open(
                directory.resolve("launcher.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
        }
        return lock;
    }

    /** Whether a launcher lives. */
    public boolean launcherLives() throws IOException {
        if (!Files.exists(directory.resolve("launcher.lock"))) {
            return false;
        }
        FileLock lock = lock();
        if (lock == null) {
            return true;
        }
        lock.acquiredBy().close();
        return false;
    }

    public void write(Addresses addresses, boolean ready) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(BASE, Integer.toString(addresses.base()));
        properties.setProperty(TOKENS, Boolean.toString(addresses.tokens()));
        properties.setProperty(READY, Boolean.toString(ready));
        properties.setProperty(PID, Long.toString(ProcessHandle.current().pid()));
        Path partial = Files.createTempFile(directory, "state", ".tmp");
        try (BufferedWriter writer = Files.newBufferedWriter(partial)) {
            properties.store(writer, null);
        }
        Files.move(partial, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public void clear() throws IOException {
        Files.deleteIfExists(file());
    }

    /** The ports in use, or those that would be used next. */
    public Addresses addresses() throws IOException {
        Properties said = read();
        return new Addresses(
                Integer.parseInt(said.getProperty(BASE, Integer.toString(Addresses.DEFAULT_BASE))),
                Boolean.parseBoolean(said.getProperty(TOKENS, "true")));
    }

    /** Whether the launcher finished starting; it may have lost a service since. */
    public boolean started() throws IOException {
        return Boolean.parseBoolean(read().getProperty(READY));
    }

    /** The launcher's process id, or 0. */
    public long launcher() throws IOException {
        return Long.parseLong(read().getProperty(PID, "0"));
    }

    private Path file() {
        return directory.resolve("state.properties");
    }

    private Properties read() throws IOException {
        Properties properties = new Properties();
        if (Files.exists(file())) {
            try (BufferedReader reader = Files.newBufferedReader(file())) {
                properties.load(reader);
            }
        }
        return properties;
    }
}
