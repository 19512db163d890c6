package eu.diplomatics.backup.place;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** An S3 server that knows versions and locks, and lies when it is told to. */
final class LyingS3 implements AutoCloseable {
    static final String BUCKET = "bucket";

    /** What it does other than it says. */
    enum Lie {
        NONE,
        LOSES,
        FLIPS_A_BIT,
        TRUNCATES,
        IGNORES_CHECKSUM,
        IGNORES_CONDITION,
        ANSWERS_AN_ERROR_WITH_200,
        CUTS_THE_UPLOAD,
        HAS_NO_ROOM,
        IS_OVER_ITS_QUOTA,
        IS_BUSY,
        NEVER_ANSWERS,
        STOPS_IN_THE_MIDDLE,
        SENDS_ELSEWHERE,
        LISTS_STALE,
        LISTS_ANOTHER_DOCUMENT,
        IGNORES_DELETE,
        KEEPS_OLD_VERSIONS
    }

    final S3Objects objects = new S3Objects();
    private final HttpServer server;
    private final Path directory;
    private volatile Lie lie = Lie.NONE;
    private volatile Predicate<String> about = key -> true;
    private volatile Map<String, byte[]> staleListing = Map.of();
    private volatile CountDownLatch hanging = new CountDownLatch(1);

    LyingS3(Path directory) throws IOException {
        this.directory = directory;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    /** About objects whose keys are so. */
    void tell(Lie next, Predicate<String> keys) {
        about = keys;
        staleListing = Map.of("version", objects.listing("", true), "list", objects.listing("", false));
        lie = next;
        hanging.countDown();
        hanging = new CountDownLatch(1);
    }

    S3Place place() throws IOException {
        Path credentials = directory.resolve("credentials.json");
        Files.writeString(credentials, "{\"accessKeyId\": \"somebody\", \"secretAccessKey\": \"something\"}");
        return new S3Place(
                new S3Settings(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                        "eu-test-1",
                        BUCKET,
                        "",
                        true,
                        credentials,
                        null,
                        directory.resolve("spool"),
                        new S3Settings.Timing(
                                Duration.ofSeconds(5), Duration.ofMillis(700), 100_000_000, 2, Duration.ofMillis(1))),
                InstantSource.system());
    }

    private boolean lies(Lie which, String key) {
        return lie == which && about.test(key);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
            String path = exchange.getRequestURI().getPath();
            String key = path.substring(Math.min(path.length(), BUCKET.length() + 2));
            if (lie == Lie.SENDS_ELSEWHERE) {
                exchange.getResponseHeaders().add("location", "http://127.0.0.1:9/");
                answer(exchange, 307, error("TemporaryRedirect"));
            } else if (lies(Lie.NEVER_ANSWERS, key)) {
                await(hanging);
            } else if (key.isEmpty()) {
                bucket(exchange, query);
            } else {
                switch (exchange.getRequestMethod()) {
                    case "PUT" -> put(exchange, key);
                    case "DELETE" -> delete(exchange, key, query.getOrDefault("versionId", ""));
                    default -> get(exchange, key, query.getOrDefault("versionId", ""));
                }
            }
        }
    }

    private void bucket(HttpExchange exchange, Map<String, String> query) throws IOException {
        if (query.containsKey("versioning")) {
            answer(exchange, 200, xml("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"));
        } else if (query.containsKey("object-lock")) {
            answer(exchange, objects.lockDays == 0 ? 404 : 200, xml(objects.lockConfiguration()));
        } else if (lie == Lie.LISTS_ANOTHER_DOCUMENT) {
            answer(
                    exchange,
                    200,
                    xml("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><ListVersionsResult>&x;"
                            + "</ListVersionsResult>"));
        } else if (lie == Lie.LISTS_STALE) {
            answer(
                    exchange,
                    200,
                    staleListing.getOrDefault(query.containsKey("versions") ? "version" : "list", new byte[0]));
        } else {
            answer(exchange, 200, objects.listing(query.getOrDefault("prefix", ""), query.containsKey("versions")));
        }
    }

    private void put(HttpExchange exchange, String key) throws IOException {
        if (lies(Lie.CUTS_THE_UPLOAD, key)) {
            byte[] half = exchange.getRequestBody().readNBytes(1000);
            objects.put(key, half);
            return; // and closes
        }
        byte[] content = exchange.getRequestBody().readAllBytes();
        byte[] sha256 = SigV4.sha256().digest(content);
        String checksum = exchange.getRequestHeaders().getFirst("x-amz-checksum-sha256");
        if (!SigV4.hex(sha256).equals(exchange.getRequestHeaders().getFirst("x-amz-content-sha256"))) {
            answer(exchange, 400, error("XAmzContentSHA256Mismatch"));
        } else if (!lies(Lie.IGNORES_CHECKSUM, key)
                && !Base64.getEncoder().encodeToString(sha256).equals(checksum)) {
            answer(exchange, 400, error("BadDigest"));
        } else if (!lies(Lie.IGNORES_CONDITION, key)
                && exchange.getRequestHeaders().containsKey("if-none-match")
                && objects.has(key)) {
            answer(exchange, 412, error("PreconditionFailed"));
        } else if (lies(Lie.HAS_NO_ROOM, key)) {
            answer(exchange, 507, new byte[0]);
        } else if (lies(Lie.IS_OVER_ITS_QUOTA, key)) {
            answer(exchange, 403, error("QuotaExceeded"));
        } else if (lies(Lie.IS_BUSY, key)) {
            answer(exchange, 503, error("SlowDown"));
        } else if (lies(Lie.ANSWERS_AN_ERROR_WITH_200, key)) {
            answer(exchange, 200, error("InternalError"));
        } else {
            if (lies(Lie.FLIPS_A_BIT, key)) {
                content[content.length / 2] ^= 4;
            }
            if (!lies(Lie.LOSES, key)) {
                objects.put(key, lies(Lie.TRUNCATES, key) ? Arrays.copyOf(content, content.length - 1) : content);
            }
            answer(exchange, 200, new byte[0]);
        }
    }

    private void delete(HttpExchange exchange, String key, String version) throws IOException {
        if (lies(Lie.IGNORES_DELETE, key) || lies(Lie.KEEPS_OLD_VERSIONS, key) && !version.isEmpty()) {
            if (lie == Lie.KEEPS_OLD_VERSIONS) {
                objects.mark(key);
            }
            answer(exchange, 204, new byte[0]);
        } else {
            boolean gone = objects.delete(key, version);
            answer(exchange, gone ? 204 : 403, gone ? new byte[0] : error("AccessDenied"));
        }
    }

    private void get(HttpExchange exchange, String key, String version) throws IOException {
        byte[] content = objects.get(key, version);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (content == null) {
            answer(exchange, 404, head ? new byte[0] : error("NoSuchKey"));
            return;
        }
        Instant locked = objects.lockedUntil(key, version);
        if (locked.isAfter(Instant.now())) {
            exchange.getResponseHeaders().add("x-amz-object-lock-retain-until-date", locked.toString());
        }
        String range = exchange.getRequestHeaders().getFirst("range");
        if (head || range == null) {
            answer(exchange, 200, head ? new byte[0] : content);
            return;
        }
        int from = Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
        int to = Math.min(content.length, Integer.parseInt(range.substring(range.indexOf('-') + 1)) + 1);
        exchange.getResponseHeaders().add("content-range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        if (lies(Lie.STOPS_IN_THE_MIDDLE, key)) {
            exchange.sendResponseHeaders(206, to - from);
            exchange.getResponseBody().write(content, from, (to - from) / 2);
            exchange.getResponseBody().flush();
            await(hanging);
        } else {
            answer(exchange, 206, Arrays.copyOfRange(content, from, to));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static byte[] error(String code) {
        return xml("<Error><Code>" + code + "</Code><Message>no</Message></Error>");
    }

    private static byte[] xml(String element) {
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + element).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new TreeMap<>();
        for (String each : raw == null ? new String[0] : raw.split("&")) {
            String[] parts = each.split("=", 2);
            query.put(parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    @Override
    public void close() {
        hanging.countDown();
        server.stop(0);
    }
}
