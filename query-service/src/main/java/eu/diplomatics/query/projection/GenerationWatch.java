package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells the store which generation of data keys this copy still reads, so that neither goes before it is rebuilt; has it
 * rebuilt where the log has a newer one, or is another incarnation of itself; and knows when the keys of what lies here
 * may be gone: a row whose key went with its generation must never be taken for a shredded one.
 */
final class GenerationWatch {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationWatch.class);
    /** As long as this the copy can be read without its store. */
    private static final Duration LEASE = Duration.ofMinutes(30);

    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    private static final Duration SAY_AGAIN = Duration.ofMinutes(1);
    /** For answers that have read their rows and not yet opened them. */
    private static final Duration LEEWAY = Duration.ofSeconds(10);

    private final ProjectionDatabase database;
    private final KeyGenerations generations;
    private final Incarnations incarnations;
    private final InstantSource clock;
    private volatile Instant readableUntil = Instant.EPOCH;
    private int held;
    private int said;
    private Instant sayAgainAt = Instant.EPOCH;
    private Instant movedAt = Instant.EPOCH;

    GenerationWatch(
            ProjectionDatabase database, KeyGenerations generations, Incarnations incarnations, InstantSource clock) {
        this.incarnations = incarnations;
        this.database = database;
        this.generations = generations;
        this.clock = clock;
    }

    private record Recorded(int generation, String holder, Instant heldUntil, int incarnation) {}

    /** Whether the keys of this copy's rows are certain to be where they were. */
    boolean isReadable() {
        return clock.instant().isBefore(readableUntil);
    }

    /** The generation everything here is of, or newer. */
    static int recorded(JdbcTemplate jdbc) {
        Integer generation = jdbc.queryForObject("SELECT generation FROM projection.key_generation", Integer.class);
        return generation == null ? 1 : generation;
    }

    /** The incarnation of the log that everything here is of. */
    static int recordedIncarnation(JdbcTemplate jdbc) {
        Integer incarnation = jdbc.queryForObject("SELECT incarnation FROM projection.key_generation", Integer.class);
        return incarnation == null ? 1 : incarnation;
    }

    static void remember(JdbcTemplate jdbc, int generation, int incarnation) {
        jdbc.update("UPDATE projection.key_generation SET generation = ?, incarnation = ?", generation, incarnation);
    }

    /** What an earlier process of this copy was promised still holds. */
    void resume() {
        readableUntil = read().heldUntil();
    }

    /** Every few seconds; has {@code rebuild} begun where the log is ahead. */
    synchronized void check(Runnable rebuild) {
        Recorded recorded = read();
        if (held != recorded.generation() && held != 0 && movedAt.equals(Instant.EPOCH)) {
            movedAt = clock.instant();
        }
        if (held == 0 || !movedAt.equals(Instant.EPOCH) && clock.instant().isAfter(movedAt.plus(LEEWAY))) {
            held = recorded.generation();
            movedAt = Instant.EPOCH;
        }
        hold(recorded.holder());
        if (generations.refresh() > recorded.generation() || incarnations.now().number() != recorded.incarnation()) {
            rebuild.run();
        }
    }

    private void hold(String holder) {
        if (held == said && clock.instant().isBefore(sayAgainAt)) {
            return;
        }
        Instant until = clock.instant().plus(LEASE).minus(CLOCKS_DIFFER);
        if (generations.hold(holder, held, LEASE)) {
            database.jdbc()
                    .update("UPDATE projection.key_generation SET held_until = ?", until.atOffset(ZoneOffset.UTC));
            readableUntil = until;
            said = held;
            sayAgainAt = clock.instant().plus(SAY_AGAIN);
        } else {
            LOG.warn("key generation {} is gone: answering from the store until the copy is rebuilt", held);
            readableUntil = Instant.EPOCH;
            held = 0;
            said = 0;
        }
    }

    private Recorded read() {
        return database.jdbc()
                .query("SELECT generation, holder, held_until, incarnation FROM projection.key_generation", row -> {
                    if (!row.next()) {
                        throw new LogUnavailableException("the projection does not know its key generation");
                    }
                    return new Recorded(
                            row.getInt(1),
                            row.getString(2),
                            row.getObject(3, OffsetDateTime.class).toInstant(),
                            row.getInt(4));
                });
    }
}
