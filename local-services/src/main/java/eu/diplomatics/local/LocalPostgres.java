package eu.diplomatics.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL 18 server as a child process, durable (fsync and synchronous commit on), with passwords, on loopback
 * only. Runs as root and as an ordinary user. No statement, parameter or value reaches its log.
 */
public final class LocalPostgres implements PostgresInstance {
    private static final String SUPERUSER = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final int PORT_ATTEMPTS = 5;
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final int PID_FILE_STATUS_LINE = 7;

    private final PostgresBinaries binaries;
    private final Path dataDirectory;
    private final @Nullable Path temporaryRoot;
    private final Path logFile;
    private final Login superuser;
    private final Map<String, String> settings;
    private final @Nullable Thread shutdownHook;
    private final boolean ownSession;
    private int port;
    private Process process;

    private LocalPostgres(Settings wanted) {
        binaries = PostgresBinaries.unpack();
        try {
            temporaryRoot = wanted.dataDirectory == null ? Files.createTempDirectory("diplomatics-postgres") : null;
            dataDirectory = temporaryRoot != null
                    ? temporaryRoot.resolve("data")
                    : Objects.requireNonNull(wanted.dataDirectory).toAbsolutePath();
            Path parent = Objects.requireNonNull(dataDirectory.getParent());
            Files.createDirectories(parent);
            logFile = wanted.logFile != null ? wanted.logFile : parent.resolve(dataDirectory.getFileName() + ".log");
            superuser = new Login(SUPERUSER, wanted.password);
            settings = wanted.serverSettings();
            ownSession = wanted.ownSession;
            if (!Files.exists(dataDirectory.resolve("PG_VERSION"))) {
                initialise();
            }
            reapLeftover();
            port = wanted.port;
            process = wanted.port == 0 ? startOnFreePort() : launch();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be set up", e);
        }
        shutdownHook = wanted.stopWithJvm ? new Thread(this::closeQuietly, "postgres-stop") : null;
        if (shutdownHook != null) {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        }
    }

    /** A started server with random password and port whose data go when it closes or the JVM ends. */
    public static LocalPostgres temporary() {
        return settings().start();
    }

    public static Settings settings() {
        return new Settings();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Login superuser() {
        return superuser;
    }

    @Override
    public Path dataDirectory() {
        return dataDirectory;
    }

    public Path logFile() {
        return logFile;
    }

    public ProcessHandle process() {
        return process.toHandle();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public synchronized void kill() {
        List<ProcessHandle> all = new ArrayList<>();
        all.add(process.toHandle());
        process.descendants().forEach(all::add);
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    }

    @Override
    public synchronized void stop() {
        if (process.isAlive()
                && run(binaries.command("pg_ctl", "stop", "-D", data(), "-m", "fast", "-w", "-t", "30")) != 0) {
            kill();
        }
        awaitExit();
    }

    @Override
    public synchronized void restart() {
        stop();
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be restarted", e);
        }
    }

    @Override
    public void close() {
        if (shutdownHook != null) {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        }
        closeQuietly();
    }

    private synchronized void closeQuietly() {
        if (temporaryRoot == null) {
            stop();
        } else {
            kill();
            PostgresBinaries.delete(temporaryRoot);
        }
    }

    private void initialise() throws IOException {
        Path passwordFile = Files.createTempFile(
                dataDirectory.getParent(),
                "initdb",
                ".pw",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path outputFile = logFile.resolveSibling(logFile.getFileName() + ".initdb");
        try {
            Files.writeString(passwordFile, superuser.password());
            List<String> command = binaries.command(
                    "initdb",
                    "-D",
                    data(),
                    "-U",
                    SUPERUSER,
                    "--auth=scram-sha-256",
                    "--pwfile=" + passwordFile,
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C");
            if (temporaryRoot != null) {
                command.add("--no-sync");
            }
            Process initdb = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(outputFile.toFile())
                    .start();
            if (initdb.onExit().join().exitValue() != 0) {
                throw new IOException("initdb failed: " + Files.readString(outputFile));
            }
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.deleteIfExists(outputFile);
        Files.writeString(dataDirectory.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
    }

    private Process startOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            port = Ports.free();
            try {
                return launch();
            } catch (IOException e) {
                if (attempt == PORT_ATTEMPTS || Ports.isFree(port)) {
                    throw e;
                }
            }
        }
    }

    private Process launch() throws IOException {
        StringBuilder configuration = new StringBuilder("port = " + port + "\n");
        settings.forEach((name, value) -> configuration
                .append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        Files.writeString(dataDirectory.resolve("postgresql.conf"), configuration);
        List<String> command = binaries.command("postgres", "-D", data());
        if (ownSession && Files.isExecutable(SETSID)) {
            command.addFirst(SETSID.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "TMPDIR"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        Process started = builder.start();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!isReady(started.pid())) {
            if (exitsWithin(started, 20) || System.nanoTime() > deadline) {
                started.destroyForcibly();
                throw new IOException("PostgreSQL did not start; see " + logFile);
            }
        }
        return started;
    }

    private boolean isReady(long pid) throws IOException {
        Path pidFile = dataDirectory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return false;
        }
        List<String> lines = Files.readAllLines(pidFile);
        return lines.size() > PID_FILE_STATUS_LINE
                && lines.getFirst().strip().equals(Long.toString(pid))
                && lines.get(PID_FILE_STATUS_LINE).strip().equals("ready");
    }

    /** A crash of whoever started the server leaves it running; only a process that serves this directory is ended. */
    private void reapLeftover() throws IOException {
        Path pidFile = dataDirectory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        ProcessHandle leftover = ProcessHandle.of(pid).orElse(null);
        if (leftover == null
                || !List.of(leftover.info().arguments().orElse(new String[0])).contains(data())) {
            // The number went to another process since; PostgreSQL would take that one for a running server.
            Files.deleteIfExists(pidFile);
            return;
        }
        if (run(binaries.command("pg_ctl", "stop", "-D", data(), "-m", "fast", "-w", "-t", "30")) != 0) {
            List<ProcessHandle> all = new ArrayList<>(leftover.descendants().toList());
            all.add(leftover);
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(
                    handle -> handle.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        }
    }

    private String data() {
        return dataDirectory.toString();
    }

    private void awaitExit() {
        process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static int run(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean exitsWithin(Process process, long millis) throws IOException {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IOException("interrupted while PostgreSQL started", e);
        }
    }

    /** What to start; without a data directory everything is temporary, without a port a free one is taken. */
    public static final class Settings {
        private final Map<String, String> extra = new LinkedHashMap<>();
        private @Nullable Path dataDirectory;
        private @Nullable Path logFile;
        private String password = Passwords.random();
        private int port;
        private boolean stopWithJvm = true;
        private boolean ownSession;

        private Settings() {}

        /** Keeps the data here; created at first start. The superuser's password must then be the same every time. */
        public Settings dataDirectory(Path directory) {
            dataDirectory = directory;
            return this;
        }

        public Settings logFile(Path file) {
            logFile = file;
            return this;
        }

        public Settings superuserPassword(String value) {
            password = value;
            return this;
        }

        /** 0 takes a free one. */
        public Settings port(int value) {
            port = value;
            return this;
        }

        /** One of PostgreSQL's own settings. */
        public Settings set(String name, String value) {
            extra.put(name, value);
            return this;
        }

        /** The caller stops the server itself when the JVM ends. */
        public Settings keepAfterJvm() {
            stopWithJvm = false;
            return this;
        }

        /** Ctrl-C in the terminal does not reach the server; its caller stops it when its clients are gone. */
        public Settings ownSession() {
            ownSession = true;
            return this;
        }

        public LocalPostgres start() {
            return new LocalPostgres(this);
        }

        private Map<String, String> serverSettings() {
            Map<String, String> all = new LinkedHashMap<>(PostgresSettings.COMMON);
            all.put("listen_addresses", "127.0.0.1");
            all.put("unix_socket_directories", "");
            all.putAll(extra);
            return all;
        }
    }
}
