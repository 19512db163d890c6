package eu.diplomatics.inventory;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What lies in the log's database: ciphertexts under generations of data keys, tags, and what was signed. */
public final class LogArtefacts implements ArtefactSource {
    static final String STORE = "eventstore";
    private static final long CHUNK = 250_000;
    private static final Set<String> TABLES = Set.of(
            "eventstore.event",
            "eventstore.event_tag",
            // while the reference key rotates
            "eventstore.event_tag_next",
            "eventstore.tile",
            "eventstore.checkpoint",
            "eventstore.imported_log",
            "eventstore.time_stamp");
    private static final String GENERATIONS = """
            SELECT g.generation, g.ciphertext_table, g.current, r.switched_at, true
            FROM eventstore.key_generation g LEFT JOIN eventstore.reencryption r ON r.generation = g.generation + 1
            UNION ALL
            SELECT r.generation, 'ciphertext_' || r.generation, false, NULL, false
            FROM eventstore.reencryption r WHERE r.switched_at IS NULL
            ORDER BY 1""";
    private static final String HEAD = "SELECT position FROM eventstore.head";
    private static final String STREAMS = "SELECT DISTINCT stream FROM eventstore.event WHERE stream BETWEEN ? AND ?";
    private static final String TAGS = "SELECT count(*) FROM eventstore.event_tag";
    private static final String NEXT_TAGS = "SELECT count(*) FROM eventstore.event_tag_next";
    private static final String TAG_VERSION = "SELECT current FROM eventstore.tag_state";
    private static final String REFERENCE_KEY = "reference-key";
    private static final String CHECKPOINT_KEY = "checkpoint-key";
    private static final String CHECKPOINTS = "SELECT count(*) FROM eventstore.checkpoint";
    /** Both sides in the order of their keys: no sort, and no ciphertext is read. */
    private static final String COMPARED = """
            SELECT count(c.position), count(*) FILTER (WHERE c.position IS NULL), count(*) FILTER (WHERE e.position IS NULL),
                   coalesce(min(e.position) FILTER (WHERE c.position IS NULL), 0),
                   coalesce(min(c.position) FILTER (WHERE e.position IS NULL), 0)
            FROM (SELECT position FROM eventstore.event WHERE position > ? AND position <= ?) e
            FULL JOIN (SELECT position FROM eventstore.%s WHERE position > ? AND position <= ?) c
                ON c.position = e.position""";

    private final Queries queries;

    /** {@code dataSource} logs in as {@code es_reader}. */
    public LogArtefacts(DataSource dataSource) {
        this.queries = new Queries(dataSource);
    }

    /**
     * A generation of data keys and its table.
     *
     * @param endedAt when the next one took its place
     * @param readable whether readers may follow it; else it is being filled
     */
    record Generation(
            int number,
            String table,
            boolean current,
            @Nullable Instant endedAt,
            boolean readable) {}

    /** What a stretch of the log came to. */
    private record Compared(long present, long missing, long surplus, long firstMissing, long firstSurplus) {}

    List<Generation> generations() {
        try {
            return queries.list(GENERATIONS, row -> {
                var ended = row.getTimestamp(4);
                return new Generation(
                        row.getInt(1),
                        row.getString(2),
                        row.getBoolean(3),
                        ended == null ? null : ended.toInstant(),
                        row.getBoolean(5));
            });
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Streams of which there is an event, between two ids, both included. */
    List<UUID> streams(UUID first, UUID last) {
        try {
            return queries.list(STREAMS, row -> row.getObject(1, UUID.class), first, last);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void report(Report report) {
        try {
            Set<String> known = new HashSet<>(TABLES);
            for (Generation generation : generations()) {
                known.add(STORE + "." + generation.table());
                ciphertexts(generation, report);
            }
            int version = Math.toIntExact(queries.number(TAG_VERSION));
            report.holding(Holding.named(
                    STORE, "event_tag", SecretVersions.named(REFERENCE_KEY, version), queries.number(TAGS)));
            long next = queries.number(NEXT_TAGS);
            if (next > 0) {
                report.holding(
                        Holding.named(STORE, "event_tag_next", SecretVersions.named(REFERENCE_KEY, version + 1), next));
            }
            report.holding(Holding.unversioned(STORE, "checkpoint", CHECKPOINT_KEY, queries.number(CHECKPOINTS)));
            queries.tables(STORE, known, report);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private void ciphertexts(Generation generation, Report report) throws SQLException {
        String query = COMPARED.formatted(generation.table());
        long head = queries.number(HEAD);
        long rows = 0;
        long missing = 0;
        long surplus = 0;
        long firstMissing = 0;
        long firstSurplus = 0;
        for (long from = 0; from <= head; from += CHUNK) {
            // the last stretch is open at its end: what stands behind the head belongs to no event
            long to = from + CHUNK > head ? Long.MAX_VALUE : from + CHUNK;
            Compared part = queries.list(
                            query,
                            row -> new Compared(
                                    row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)),
                            from,
                            to,
                            from,
                            to)
                    .getFirst();
            rows += part.present;
            missing += part.missing;
            surplus += part.surplus;
            firstMissing = firstMissing == 0 ? part.firstMissing : firstMissing;
            firstSurplus = firstSurplus == 0 ? part.firstSurplus : firstSurplus;
            report.progress("counting " + generation.table(), Math.min(to, head), head);
        }
        Holding holding = new Holding(
                STORE, generation.table(), null, Holding.DATA_KEYS, Integer.toString(generation.number()), rows);
        report.holding(holding);
        // a table that is over lacks what was appended since, one that is being filled lacks the rest
        if (generation.current() && missing > 0) {
            report.finding(new Finding(
                    Finding.Code.CIPHERTEXT_MISSING, holding.where(), missing, "first at position " + firstMissing));
        }
        if (surplus > 0) {
            report.finding(new Finding(
                    Finding.Code.CIPHERTEXT_WITHOUT_EVENT,
                    holding.where(),
                    surplus,
                    "first at position " + firstSurplus));
        }
    }

    private static LogUnavailableException unavailable(SQLException e) {
        return new LogUnavailableException("the log's database does not answer (" + e.getSQLState() + ")", false, e);
    }
}
