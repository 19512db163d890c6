package eu.diplomatics.witness;

import eu.diplomatics.tls.MutualTls;
import eu.diplomatics.tls.Transport;
import eu.diplomatics.transparency.TreeHash;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A witness as a log reaches it. What it answers is verified by the caller. */
public final class HttpWitness implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 64 * 1024;

    private final URI addCheckpoint;
    private final HttpClient client;

    /** As the other, for a witness on this machine, or one whose certificate the JDK's authorities know. */
    public HttpWitness(URI submissionPrefix) {
        this(submissionPrefix, null);
    }

    /**
     * @param submissionPrefix without the name of a request; by https, but for this machine itself
     * @param tls whom to trust, and what to show
     */
    public HttpWitness(URI submissionPrefix, @Nullable SSLContext tls) {
        if (!Transport.isProtected(submissionPrefix)) {
            throw new IllegalArgumentException("a witness that is not on this machine is reached by https only");
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslParameters(new SSLParameters(null, new String[] {"TLSv1.3"}))
                .connectTimeout(CONNECT);
        this.client = (tls == null ? builder : builder.sslContext(tls)).build();
        String prefix = submissionPrefix.toString();
        this.addCheckpoint = URI.create((prefix.endsWith("/") ? prefix : prefix + "/") + "add-checkpoint");
    }

    /**
     * As it stands in a configuration.
     *
     * @param keyStore PKCS #12 with what this side shows
     * @param trustStore PKCS #12 with the authorities of the witness's certificate
     * @param password of both
     * @throws IllegalArgumentException when only some of them are there, or one cannot be read
     */
    public static HttpWitness at(
            URI submissionPrefix, @Nullable Path keyStore, @Nullable Path trustStore, @Nullable String password) {
        if (keyStore == null && trustStore == null && password == null) {
            return new HttpWitness(submissionPrefix);
        }
        if (keyStore == null || trustStore == null || password == null) {
            throw new IllegalArgumentException(
                    "diplomatics.transparency.witness needs all of key-store, trust-store and store-password, or none");
        }
        return new HttpWitness(submissionPrefix, MutualTls.context(keyStore, trustStore, password.toCharArray()));
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
