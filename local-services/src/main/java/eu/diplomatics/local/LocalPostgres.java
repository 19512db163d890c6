package eu.diplomatics.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL 18 server as a child process, durable (fsync and synchronous commit on), with passwords, on loopback
 * only. Runs as root and as an ordinary user. No statement, parameter or value reaches its log.
 */
public final class LocalPostgres implements PostgresInstance {
    private static final Logger LOG = LoggerFactory.getLogger(LocalPostgres.class);
    private static final String SUPERUSER = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration RECOVERY_LIMIT = Duration.ofHours(1);
    private static final Duration WORD_EVERY = Duration.ofSeconds(10);
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
    private final Duration startLimit;
    private final @Nullable PostgresTls tls;
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
            startLimit = wanted.startLimit;
            tls = wanted.tls;
            if (!PostgresCluster.exists(dataDirectory)) {
                Path output = logFile.resolveSibling(logFile.getFileName() + ".initdb");
                PostgresCluster.create(binaries, dataDirectory, output, superuser, temporaryRoot != null);
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
    public String jdbcUrl(String database) {
        return PostgresInstance.super.jdbcUrl(database) + (tls == null ? "" : tls.parameters());
    }

    @Override
    public String jdbcUrl(String database, String client) {
        return PostgresInstance.super.jdbcUrl(database) + (tls == null ? "" : tls.parameters(client));
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
        killAll(process.toHandle());
    }

    @Override
    public synchronized void stop() {
        if (process.isAlive()) {
            end(process);
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
        if (tls != null) {
            PostgresTls.only(dataDirectory);
        }
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
        awaitReady(started);
        return started;
    }

    private void awaitReady(Process started) throws IOException {
        long begin = System.nanoTime();
        Duration nextWord = startLimit;
        for (String status = ""; !status.equals("ready"); status = status(started.pid())) {
            if (exitsWithin(started, 20)) {
                throw new IOException("PostgreSQL did not start; see " + logFile);
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            // redoing what a crash left can take long, and an end by force would only make it begin anew
            if (waited.compareTo(status.equals("starting") ? RECOVERY_LIMIT : startLimit) > 0) {
                end(started);
                throw new IOException("PostgreSQL was not ready in time; see " + logFile);
            }
            if (waited.compareTo(nextWord) > 0) {
                LOG.warn(
                        "PostgreSQL is still recovering from a crash, {} s so far; see {}",
                        waited.toSeconds(),
                        logFile);
                nextWord = waited.plus(WORD_EVERY);
            }
        }
    }

    /** How far the server says it is; empty when it has not said anything. */
    private String status(long pid) throws IOException {
        Path pidFile = dataDirectory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return "";
        }
        List<String> lines = Files.readAllLines(pidFile);
        return lines.size() > PID_FILE_STATUS_LINE && lines.getFirst().strip().equals(Long.toString(pid))
                ? lines.get(PID_FILE_STATUS_LINE).strip()
                : "";
    }

    private void end(Process running) {
        if (stopFast() != 0) {
            killAll(running.toHandle());
        }
    }

    private int stopFast() {
        return run(binaries.command("pg_ctl", "stop", "-D", data(), "-m", "fast", "-w", "-t", "30"));
    }

    private static void killAll(ProcessHandle server) {
        List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
        all.addFirst(server);
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().orTimeout(30, TimeUnit.SECONDS).join());
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
        if (stopFast() != 0) {
            killAll(leftover);
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

    private boolean exitsWithin(Process started, long millis) throws IOException {
        try {
            return started.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(started);
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
        private Duration startLimit = START_LIMIT;
        private @Nullable PostgresTls tls;

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

        /**
         * Answers by TLS 1.3 only, with the certificate of this name, and only who shows one of the same authority; the
         * superuser's connections show that of {@code installer}.
         */
        public Settings tls(LocalAuthority authority, String name) {
            tls = new PostgresTls(authority, name);
            return this;
        }

        /** For all but recovery from a crash. */
        Settings startLimit(Duration value) {
            startLimit = value;
            return this;
        }

        public LocalPostgres start() {
            return new LocalPostgres(this);
        }

        private Map<String, String> serverSettings() {
            Map<String, String> all = new LinkedHashMap<>(PostgresSettings.COMMON);
            all.put("listen_addresses", "127.0.0.1");
            all.put("unix_socket_directories", "");
            if (tls != null) {
                all.putAll(tls.settings());
            }
            all.putAll(extra);
            return all;
        }
    }
}
