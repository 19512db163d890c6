package eu.diplomatics.witness;

import eu.diplomatics.transparency.TreeHash;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A witness as a log reaches it. What it answers is verified by the caller. */
public final class HttpWitness implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 64 * 1024;

    private final URI addCheckpoint;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /** @param submissionPrefix without the name of a request */
    public HttpWitness(URI submissionPrefix) {
        String prefix = submissionPrefix.toString();
        this.addCheckpoint = URI.create((prefix.endsWith("/") ? prefix : prefix + "/") + "add-checkpoint");
    }

    /** What a witness answers. */
    public sealed interface Reply {
        /** Signature lines, not verified. */
        record Cosigned(String lines) implements Reply {}

        /** The witness cosigned a tree of this size last, and asks to begin there. */
        record Elsewhere(long size) implements Reply {}

        /** The witness does not cosign, with this status. */
        record Refused(int status) implements Reply {}
    }

    /**
     * Asks for a cosignature.
     *
     * @param oldSize what the witness is thought to have cosigned last
     * @param proof that the checkpoint's tree begins with that one
     * @throws IOException when it does not answer; to be tried again
     */
    public Reply add(long oldSize, List<TreeHash> proof, byte[] note) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(addCheckpoint)
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new Witness.Request(oldSize, proof, note).toBytes()))
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                byte[] body = in.readNBytes(MAX_BYTES);
                return reply(response.statusCode(), new String(body, StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Reply reply(int status, String body) {
        if (status == 200) {
            return new Reply.Cosigned(body);
        }
        if (status == 409 && body.matches("(0|[1-9][0-9]{0,17})\\n")) {
            return new Reply.Elsewhere(Long.parseLong(body.strip()));
        }
        return new Reply.Refused(status);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
