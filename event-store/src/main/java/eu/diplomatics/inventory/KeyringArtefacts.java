package eu.diplomatics.inventory;

import eu.diplomatics.keyring.KeysUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What lies in the keyring: wrapped keys under KEKs and epoch keys, and rows of the blind index. */
public final class KeyringArtefacts implements ArtefactSource {
    static final String STORE = "keyring";
    static final String WRAPPED_KEK = "kek";
    static final String SECRET = "secret";
    private static final Set<String> TABLES = Set.of(
            "keyring.kek",
            "keyring.data_key",
            "keyring.secret",
            "keyring.rewrite",
            "keyring.shredding",
            "keyring.holder_claim",
            "keyring.holder_name",
            "keyring.index_state",
            "keyring.index_probe",
            "keyring.sealed_head");
    private static final String WRAPS = """
            SELECT k.id, w ->> 'label', w ->> 'custodian' FROM keyring.kek k,
                jsonb_array_elements(CASE jsonb_typeof(k.wrapped) WHEN 'array' THEN k.wrapped
                                     ELSE jsonb_build_array(k.wrapped) END) w
            ORDER BY k.created_at DESC, k.id, 3""";
    private static final String REWRITE = """
            SELECT r.kek_id, w ->> 'label', w ->> 'custodian', r.copied FROM keyring.rewrite r,
                jsonb_array_elements(CASE jsonb_typeof(r.kek_wrapped) WHEN 'array' THEN r.kek_wrapped
                                     ELSE jsonb_build_array(r.kek_wrapped) END) w
            WHERE r.state <> 'DONE' ORDER BY 3""";
    private static final String KEYS = """
            SELECT kek_id, regime, generation, count(*) FROM keyring.data_key WHERE id BETWEEN ? AND ? GROUP BY 1, 2, 3""";
    private static final String SECRETS = "SELECT name, kek_id FROM keyring.secret ORDER BY name";
    private static final String CLAIMS =
            "SELECT version, count(*) FROM keyring.holder_claim GROUP BY version ORDER BY 1";
    private static final String NAMES = "SELECT version, count(*) FROM keyring.holder_name GROUP BY version ORDER BY 1";
    private static final String TAGS = "SELECT count(*) FROM keyring.shredding WHERE command_tag IS NOT NULL";
    private static final String INDEX = "SELECT current, coalesce(next, current) FROM keyring.index_state";
    private static final String ACCESS_INDEX = "SELECT version FROM keyring.access_index WHERE state = 'CONFIRMED'";
    private static final String STREAM_KEYS = """
            SELECT id, generation FROM keyring.data_key WHERE id BETWEEN ? AND ? AND regime <> 'JOB'""";
    private static final String SHREDDED = """
            SELECT stream FROM keyring.shredding WHERE shredded_at IS NOT NULL AND stream BETWEEN ? AND ?""";
    private static final String PRESENT = "SELECT id FROM keyring.data_key WHERE id = ANY (?)";

    private final Queries queries;

    /** {@code dataSource} logs in as {@code kr_registry}; as {@code kr_query} to ask what there is, not to count it. */
    public KeyringArtefacts(DataSource dataSource) {
        this.queries = new Queries(dataSource);
    }

    /**
     * Which versions of the blind index are in use.
     *
     * @param newest another than the current one while its keys rotate
     * @param accessLog all that are searched in the access log
     */
    record IndexVersions(int current, int newest, Set<Integer> accessLog) {}

    @Override
    public void report(Report report) {
        try {
            Set<String> known = new HashSet<>(TABLES);
            queries.list(WRAPS, row -> wrap(WRAPPED_KEK, row, report));
            List<Long> copied = queries.list(REWRITE, row -> {
                wrap("rewrite", row, report);
                return row.getLong(4);
            });
            if (!copied.isEmpty()) {
                known.add("keyring.data_key_next");
                UUID next = queries.list(REWRITE, row -> row.getObject(1, UUID.class)).stream()
                        .findFirst()
                        .orElse(null);
                if (next != null) {
                    report.holding(holding("data_key_next", null, Holding.KEK, next.toString(), copied.getFirst()));
                }
            }
            keys(report);
            queries.list(SECRETS, row -> {
                report.holding(holding(SECRET, row.getString(1), Holding.KEK, row.getString(2), 1));
                return true;
            });
            queries.list(CLAIMS, row -> index("holder_claim", row, report));
            queries.list(NAMES, row -> index("holder_name", row, report));
            long tags = queries.number(TAGS);
            if (tags > 0) {
                report.holding(Holding.unversioned(STORE, "shredding", "command-id-key", tags));
            }
            queries.tables(STORE, known, report);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static boolean wrap(String artefact, ResultSet row, Report report) throws SQLException {
        report.holding(
                holding(artefact, row.getString(1), Holding.EPOCH_KEY, row.getString(2) + "@" + row.getString(3), 1));
        return true;
    }

    private static boolean index(String artefact, ResultSet row, Report report) throws SQLException {
        report.holding(holding(artefact, null, Holding.HOLDER_INDEX, row.getString(1), row.getLong(2)));
        return true;
    }

    private record Kind(String kek, String regime, int generation) implements Comparable<Kind> {
        @Override
        public int compareTo(Kind other) {
            return toString().compareTo(other.toString());
        }
    }

    private void keys(Report report) throws SQLException {
        UuidRanges ranges = ranges();
        Map<Kind, Long> counts = new TreeMap<>();
        for (int range = 0; range < ranges.count(); range++) {
            queries.list(
                    KEYS,
                    row -> counts.merge(
                            new Kind(row.getString(1), row.getString(2), row.getInt(3)), row.getLong(4), Long::sum),
                    ranges.first(range),
                    ranges.last(range));
            report.progress("counting data keys", range + 1L, ranges.count());
        }
        counts.forEach((kind, rows) -> report.holding(holding(
                "data_key",
                kind.regime.equals("JOB") ? kind.regime : kind.regime + " of generation " + kind.generation,
                Holding.KEK,
                kind.kek,
                rows)));
    }

    private static Holding holding(String artefact, @Nullable String part, String key, String version, long rows) {
        return new Holding(STORE, artefact, part, key, version, rows);
    }

    UuidRanges ranges() {
        try {
            return UuidRanges.of(queries.estimate("keyring.data_key"));
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** An epoch key under which a KEK stands. */
    public record EpochKey(String label, String custodian) {}

    /** All under which the keyring stands, and the copy that is being made of it. */
    public Set<EpochKey> epochKeys() {
        try {
            Set<EpochKey> keys = new HashSet<>();
            for (String query : List.of(WRAPS, REWRITE)) {
                keys.addAll(queries.list(query, row -> new EpochKey(row.getString(2), row.getString(3))));
            }
            return keys;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** The KEKs in use, the newest first; a rewrite that swaps leaves others. */
    List<UUID> keks() {
        try {
            return queries.list(
                    "SELECT id FROM keyring.kek ORDER BY created_at DESC, id", row -> row.getObject(1, UUID.class));
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** The names of the secrets that this role sees. */
    Set<String> secrets() {
        try {
            return Set.copyOf(queries.list(SECRETS, row -> row.getString(1)));
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    IndexVersions indexVersions() {
        try {
            Set<Integer> accessLog = Set.copyOf(queries.list(ACCESS_INDEX, row -> row.getInt(1)));
            return queries.list(INDEX, row -> new IndexVersions(row.getInt(1), row.getInt(2), accessLog))
                    .getFirst();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Generations of the keys of streams between two ids, both included. */
    Map<UUID, Set<Integer>> generations(UUID first, UUID last) {
        try {
            Map<UUID, Set<Integer>> found = new HashMap<>();
            queries.list(
                    STREAM_KEYS,
                    row -> found.merge(row.getObject(1, UUID.class), Set.of(row.getInt(2)), KeyringArtefacts::both),
                    first,
                    last);
            return found;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static Set<Integer> both(Set<Integer> some, Set<Integer> more) {
        Set<Integer> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    Set<UUID> shredded(UUID first, UUID last) {
        try {
            return Set.copyOf(queries.list(SHREDDED, row -> row.getObject(1, UUID.class), first, last));
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Those of the ids that have no data key of any generation. */
    public Set<UUID> withoutKey(Collection<UUID> ids) {
        try {
            Set<UUID> missing = new HashSet<>(ids);
            queries.list(PRESENT, row -> row.getObject(1, UUID.class), (Object) ids.toArray(UUID[]::new))
                    .forEach(missing::remove);
            return missing;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static KeysUnavailableException unavailable(SQLException e) {
        return new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
    }
}
