package eu.diplomatics.query.projection;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.LeftTables;
import eu.diplomatics.inventory.Report;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What lies in the projection, and in the one that is being built beside it: copies under generations of data keys. */
final class ProjectionArtefacts implements ArtefactSource {
    private static final String STORE = "projection";
    private static final Set<String> TABLES = Set.of("projection.event", "projection.event_shadow");
    private static final long CHUNK = 250_000;
    private static final int ATTEMPTS = 3;
    private static final String LAST = "SELECT coalesce(max(position), 0) FROM projection.%s";
    private static final String COUNT = """
            SELECT key_generation, count(*) AS rows FROM projection.%s WHERE position > ? AND position <= ? GROUP BY 1""";
    private static final String SHADOW = "SELECT to_regclass('projection.event_shadow') IS NOT NULL";

    private final DataSource dataSource;
    private final JdbcClient jdbc;

    ProjectionArtefacts(DataSource dataSource) {
        this.dataSource = dataSource;
        this.jdbc = JdbcClient.create(dataSource);
    }

    @Override
    public void report(Report report) {
        count("event", null, report);
        shadow(report);
        LeftTables.report(dataSource, STORE, TABLES, report);
    }

    /** A rebuild that comes to its end takes the table away between two statements, and what was begun is not told. */
    private void shadow(Report report) {
        for (int attempt = 1; jdbc.sql(SHADOW).query(Boolean.class).single(); attempt++) {
            try {
                count("event_shadow", "being rebuilt", report);
                return;
            } catch (BadSqlGrammarException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void count(String table, @Nullable String part, Report report) {
        long last = jdbc.sql(LAST.formatted(table)).query(Long.class).single();
        Map<Integer, Long> rows = new TreeMap<>();
        for (long from = 0; from < last; from += CHUNK) {
            jdbc.sql(COUNT.formatted(table)).params(from, from + CHUNK).query(row -> {
                rows.merge(row.getInt(1), row.getLong(2), Long::sum);
            });
            report.progress("counting " + STORE + "." + table, Math.min(last, from + CHUNK), last);
        }
        rows.forEach((generation, count) -> report.holding(
                new Holding(STORE, table, part, Holding.DATA_KEYS, Integer.toString(generation), count)));
    }
}
