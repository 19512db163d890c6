package eu.diplomatics.witness;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A witness in a process of its own, which a test may kill. */
public final class WitnessProcess implements AutoCloseable {
    private final Process process;
    private final String scheme;
    private final int port;

    private WitnessProcess(Process process, String scheme, int port) {
        this.process = process;
        this.scheme = scheme;
        this.port = port;
    }

    /** Starts the witness that lives in a directory and returns when it listens. */
    public static WitnessProcess start(Path directory) throws IOException {
        return start(directory, 0);
    }

    /** As the other, at a port. */
    public static WitnessProcess start(Path directory, int port) throws IOException {
        return start(directory, port, Map.of(), List.of());
    }

    /** As the other, over TLS, with the authority's certificate named witness. */
    public static WitnessProcess start(Path directory, LocalAuthority authority) throws IOException {
        return start(
                directory,
                0,
                Map.of("WITNESS_STORE_PASSWORD", new String(authority.password())),
                List.of(
                        "--tls-keys",
                        authority.keyStore("witness").toString(),
                        "--tls-trust",
                        authority.trustStore().toString()));
    }

    private static WitnessProcess start(Path directory, int port, Map<String, String> environment, List<String> tls)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WitnessApplication.class.getName(),
                        "serve",
                        "--dir",
                        directory.toString(),
                        "--port",
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.command().addAll(tls);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String prefix = "witness listens on port ";
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = process.inputReader(StandardCharsets.UTF_8).readLine();
        }
        if (line == null) {
            throw new IOException("the witness ended");
        }
        return new WitnessProcess(
                process, tls.isEmpty() ? "http" : "https", Integer.parseInt(line.substring(prefix.length())));
    }

    public URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + port + "/");
    }

    public void kill() {
        process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
