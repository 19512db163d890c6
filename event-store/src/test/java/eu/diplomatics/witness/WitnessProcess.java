package eu.diplomatics.witness;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A witness in a process of its own, which a test may kill. */
public final class WitnessProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    private WitnessProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts the witness that lives in a directory and returns when it listens. */
    public static WitnessProcess start(Path directory) throws IOException {
        return start(directory, 0);
    }

    /** As the other, at a port. */
    public static WitnessProcess start(Path directory, int port) throws IOException {
        Process process = new ProcessBuilder(
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
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String prefix = "witness listens on port ";
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = process.inputReader(StandardCharsets.UTF_8).readLine();
        }
        if (line == null) {
            throw new IOException("the witness ended");
        }
        return new WitnessProcess(process, Integer.parseInt(line.substring(prefix.length())));
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    public void kill() {
        process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
