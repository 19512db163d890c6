package eu.diplomatics.backup.place;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of an S3 server.
 *
 * @param endpoint {@code https://HOST[:PORT]}; plain HTTP to this machine only
 * @param prefix before the names of all objects: empty, or ends with a slash
 * @param pathStyle whether the bucket stands in the path; else it is the first label of the host's name
 * @param credentials file, see {@link S3Credentials}
 * @param authorities certificates (PEM) that are believed instead of the JDK's; null for those
 * @param spool folder of this machine in which segments wait
 */
public record S3Settings(
        URI endpoint,
        String region,
        String bucket,
        String prefix,
        boolean pathStyle,
        Path credentials,
        @Nullable Path authorities,
        Path spool,
        Timing timing) {
    /**
     * @param answer how long an answer may take, beside what its bytes take on the slowest line
     * @param slowest the slowest line, in bytes a second
     * @param attempts how often something is tried that the server or the network failed at
     * @param pause before the second attempt; twice as long before each further one
     */
    public record Timing(Duration connect, Duration answer, int slowest, int attempts, Duration pause) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(10), Duration.ofSeconds(60), 125_000, 5, Duration.ofMillis(500));
    }

    public S3Settings {
        boolean here = endpoint.getHost() != null
                && (endpoint.getHost().equals("localhost")
                        || endpoint.getHost().startsWith("127.")
                        || endpoint.getHost().equals("[::1]"));
        if (!"https".equals(endpoint.getScheme()) && !("http".equals(endpoint.getScheme()) && here)) {
            throw new IllegalArgumentException("an endpoint is https://HOST[:PORT]");
        }
        boolean bare = endpoint.getRawUserInfo() == null
                && endpoint.getRawQuery() == null
                && (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"));
        if (endpoint.getHost() == null || !bare) {
            throw new IllegalArgumentException("an endpoint is https://HOST[:PORT] and nothing more");
        }
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("no name of a bucket");
        }
        if (!prefix.matches("([a-z0-9][a-z0-9.-]*/)*")) {
            throw new IllegalArgumentException("a prefix ends with a slash");
        }
    }
}
