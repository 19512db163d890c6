package eu.diplomatics.sealing;

import eu.diplomatics.timestamp.TimeStampException;
import eu.diplomatics.timestamp.TimeStamps;
import eu.diplomatics.transparency.SignedNote;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the newest checkpoint stamped by a time-stamp authority every now and then, and keeps what verifies. The content
 * is the checkpoint as the log signed it, so that the stamp covers every leaf before; the authority learns a digest.
 */
public final class TimeStamper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TimeStamper.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final int MAX_BYTES = 128 * 1024;

    private final DataSource log;
    private final String schema;
    private final URI authority;
    private final TimeStamps stamps;
    private final Duration every;
    private final InstantSource clock;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private volatile State state = new State(0, "");

    /**
     * How far stamping is.
     *
     * @param size of the newest tree that is stamped
     * @param trouble why the last attempt came to nothing; empty when it did not
     */
    public record State(long size, String trouble) {}

    /**
     * A stamper.
     *
     * @param log the log's database, by the role that may seal
     * @param every at most so often
     */
    public TimeStamper(
            DataSource log, String schema, URI authority, TimeStamps stamps, Duration every, InstantSource clock) {
        this.log = log;
        this.schema = schema;
        this.authority = authority;
        this.stamps = stamps;
        this.every = every;
        this.clock = clock;
    }

    public State state() {
        return state;
    }

    /** Asks for a stamp when it is time; failures end in {@link #state()} and in the log, and are tried again. */
    public void stamp() {
        State before = state;
        try (Connection connection = log.getConnection()) {
            state = new State(stamp(connection), "");
        } catch (TimeStampException e) {
            fail(before, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            fail(before, "UNREACHABLE");
        } catch (SQLException e) {
            LOG.warn("no time stamp asked for: SQLSTATE {}", e.getSQLState());
        }
    }

    private void fail(State before, String trouble) {
        if (!trouble.equals(before.trouble())) {
            LOG.error("no time stamp: {}", trouble);
        }
        state = new State(before.size(), trouble);
    }

    private long stamp(Connection connection) throws SQLException, IOException {
        Checkpoints checkpoints = new Checkpoints(connection, schema);
        Optional<Checkpoints.Stored> last = checkpoints.last();
        Optional<Checkpoints.Stamp> stamped = checkpoints.lastStamp();
        long size = stamped.map(Checkpoints.Stamp::size).orElse(0L);
        Instant due = stamped.map(stamp -> stamp.receivedAt().plus(every)).orElse(Instant.MIN);
        if (last.isEmpty() || last.get().size() == size || clock.instant().isBefore(due)) {
            return size;
        }
        TimeStamps.Query query =
                stamps.query(SignedNote.parse(last.get().note()).firstSignedBytes());
        checkpoints.addStamp(last.get().size(), query.token(send(query.toBytes())));
        return last.get().size();
    }

    private byte[] send(byte[] query) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(authority)
                .timeout(LIMIT)
                .header("Content-Type", "application/timestamp-query")
                .POST(HttpRequest.BodyPublishers.ofByteArray(query))
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() != 200) {
                    throw new IOException("status " + response.statusCode());
                }
                return in.readNBytes(MAX_BYTES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
