package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** OpenSSH's own server as the present user, on a port of its own. */
final class OpenSshServer implements AutoCloseable {
    private static final String MISSING =
            "OpenSSH's server is not installed (Debian, Ubuntu: apt install openssh-server; Fedora: dnf install openssh-server)";
    private static final List<Path> PROGRAMS =
            List.of(Path.of("/usr/sbin/sshd"), Path.of("/usr/local/sbin/sshd"), Path.of("/usr/bin/sshd"));
    private static final Path PRIVILEGE_SEPARATION = Path.of("/run/sshd");

    final Path directory;
    final int port;
    private final Process process;

    private OpenSshServer(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Without OpenSSH's server the test fails where everything is tested, and is left out, with the reason, elsewhere. */
    static OpenSshServer start(Path directory) throws IOException, InterruptedException {
        Path program = PROGRAMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing(Boolean.parseBoolean(System.getenv("CI"))));
        if (System.getProperty("user.name").equals("root")) {
            Files.createDirectories(PRIVILEGE_SEPARATION); // which a service manager makes elsewhere
        }
        for (String key : List.of("host", "other-host", "client", "other-client")) {
            run(directory, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        }
        Files.copy(directory.resolve("client.pub"), directory.resolve("authorized_keys"));
        int port = freePort();
        Files.writeString(
                directory.resolve("sshd_config"),
                String.join(
                        "\n",
                        "ListenAddress 127.0.0.1",
                        "Port " + port,
                        "HostKey " + directory.resolve("host"),
                        "AuthorizedKeysFile " + directory.resolve("authorized_keys"),
                        "PidFile none",
                        "StrictModes no",
                        "UsePAM no",
                        "PermitRootLogin prohibit-password",
                        "PasswordAuthentication no",
                        "KbdInteractiveAuthentication no",
                        "Subsystem sftp internal-sftp",
                        ""));
        Process process = new ProcessBuilder(
                        program.toString(),
                        "-D",
                        "-e",
                        "-f",
                        directory.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("sshd.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive() || answers(port));
        assertThat(process.isAlive())
                .as(Files.readString(directory.resolve("sshd.log")))
                .isTrue();
        return new OpenSshServer(directory, port, process);
    }

    static RuntimeException missing(boolean everythingIsTested) {
        if (everythingIsTested) {
            throw new AssertionError(MISSING);
        }
        return new TestAbortedException(MISSING);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.getInputStream().read() == 'S';
        } catch (IOException e) {
            return false;
        }
    }

    static void run(Path directory, String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    /** The public key as it is pinned. */
    String key(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".pub"));
    }

    SftpSettings settings(String folder, int through) throws IOException {
        return settings(folder, through, "client", "host");
    }

    SftpSettings settings(String folder, int through, String client, String host) throws IOException {
        return new SftpSettings(
                "127.0.0.1",
                through,
                System.getProperty("user.name"),
                directory.resolve(folder).toString(),
                directory.resolve(client),
                key(host),
                directory.resolve("spool"),
                Duration.ofSeconds(20));
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor();
    }
}
