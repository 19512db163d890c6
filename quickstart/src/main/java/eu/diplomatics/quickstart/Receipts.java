package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Layout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The canaries' receipts, as an institution keeps its own, and whether a registry that came after keeps their promise. */
final class Receipts {
    private static final String FILE = "receipts.json";
    /** A log is sealed within seconds here. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final Layout layout;
    private final Addresses addresses;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Receipts(Layout layout, Addresses addresses) {
        this.layout = layout;
        this.addresses = addresses;
    }

    /** For every generation from now on. */
    static void keep(Layout layout, List<JsonNode> receipts) throws IOException {
        Files.createDirectories(layout.backupEnvironment());
        Files.writeString(
                layout.backupEnvironment().resolve(FILE), JsonMapper.shared().writeValueAsString(receipts));
    }

    /** How many hold, of how many. */
    record Held(int holding, int all) {
        boolean isWhole() {
            return holding == all && all > 0;
        }
    }

    /** By the verifier that institutions have, against the log that is there now. */
    Held verify() throws IOException, InterruptedException {
        Path kept = layout.home().resolve("configuration").resolve(FILE);
        if (!Files.exists(kept)) {
            return new Held(0, 0);
        }
        int all = 0;
        int holding = 0;
        for (JsonNode receipt : JsonMapper.shared().readTree(Files.readString(kept))) {
            all++;
            holding += holds(receipt) ? 1 : 0;
        }
        return new Held(holding, all);
    }

    private boolean holds(JsonNode receipt) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(layout.temporary().resolve("receipt"));
        Files.writeString(folder.resolve(FILE), receipt.toString());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String proof = "/v1/receipts/" + receipt.path("position").asLong() + "/proof";
        while (!got(proof, folder.resolve("proof.json"))) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
        if (!got("/v1/receipt-keys", folder.resolve("keys.json")) || !got("/v1/log/key", folder.resolve("log.key"))) {
            return false;
        }
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        layout.application("quickstart"),
                        "eu.diplomatics.verify.VerifyApplication",
                        "--receipt",
                        folder.resolve(FILE).toString(),
                        "--receipt-keys",
                        folder.resolve("keys.json").toString(),
                        "--proof",
                        folder.resolve("proof.json").toString(),
                        "--log-key",
                        folder.resolve("log.key").toString()))
                .redirectErrorStream(true)
                .redirectOutput(layout.logs().resolve("verify.log").toFile())
                .start();
        return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private boolean got(String path, Path file) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(addresses.registryUrl() + path))
                .timeout(PATIENCE)
                .build();
        HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        Files.write(file, answer.body());
        return answer.statusCode() == 200;
    }
}
