package eu.diplomatics.backup.place;

import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** S3Proxy, a real S3 server over TLS, as a process of its own; its buckets are folders. */
final class S3Proxy implements AutoCloseable {
    private static final Path JAR = Path.of("target", "s3proxy", "s3proxy-jar-with-dependencies.jar");
    private static final Pattern LISTENING = Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:([0-9]+)}");
    private static final String IDENTITY = "the-backup";

    final Path directory;
    private final LocalAuthority authority;
    private final Process process;
    final URI endpoint;

    private S3Proxy(Path directory, LocalAuthority authority, Process process, int port) {
        this.directory = directory;
        this.authority = authority;
        this.process = process;
        this.endpoint = URI.create("https://127.0.0.1:" + port);
    }

    static S3Proxy start(Path directory) throws IOException {
        LocalAuthority authority = LocalAuthority.in(directory.resolve("certificates"), List.of("s3", "other"));
        Files.createDirectories(directory.resolve("buckets"));
        Path configuration = directory.resolve("s3proxy.conf");
        Files.writeString(
                configuration,
                String.join(
                        "\n",
                        "s3proxy.authorization=aws-v2-or-v4",
                        "s3proxy.secure-endpoint=https://127.0.0.1:0",
                        "s3proxy.keystore-path=" + authority.keyStore("s3"),
                        "s3proxy.keystore-password=" + new String(authority.password()),
                        "s3proxy.identity=" + IDENTITY,
                        "s3proxy.credential=the-secret",
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + directory.resolve("buckets")));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-jar",
                        JAR.toAbsolutePath().toString(),
                        "--properties",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3proxy.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive() || port(directory) > 0);
        if (port(directory) == 0) {
            throw new IOException("S3Proxy does not start:\n" + Files.readString(directory.resolve("s3proxy.log")));
        }
        return new S3Proxy(directory, authority, process, port(directory));
    }

    /** 0 while it does not listen. */
    private static int port(Path directory) throws IOException {
        Matcher listening = LISTENING.matcher(Files.readString(directory.resolve("s3proxy.log")));
        return listening.find() ? Integer.parseInt(listening.group(1)) : 0;
    }

    Path bucket(String name) throws IOException {
        return Files.createDirectories(directory.resolve("buckets").resolve(name));
    }

    /** Its authority's certificate, PEM. */
    Path authorities() throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(authority.trustStore())) {
            trust.load(in, authority.password());
        }
        return Files.writeString(
                directory.resolve("authority.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(
                                        trust.getCertificate("authority").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    Path credentials(String secret) throws IOException {
        Path file = directory.resolve("credentials-" + secret + ".json");
        return Files.writeString(
                file, "{\"accessKeyId\": \"" + IDENTITY + "\", \"secretAccessKey\": \"" + secret + "\"}");
    }

    S3Settings settings(String bucket) throws Exception {
        return new S3Settings(
                endpoint,
                "eu-test-1",
                bucket,
                "registry/",
                true,
                credentials("the-secret"),
                authorities(),
                directory.resolve("spool"),
                new S3Settings.Timing(
                        Duration.ofSeconds(10), Duration.ofSeconds(30), 1_000_000, 3, Duration.ofMillis(10)));
    }

    S3Place place(String bucket) throws Exception {
        return new S3Place(settings(bucket), InstantSource.system());
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
